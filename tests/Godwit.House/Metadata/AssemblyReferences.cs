using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Godwit.House.Metadata;

/// <summary>What the types of one assembly use of other assemblies, read from its metadata and its IL.</summary>
public static class AssemblyReferences
{
    /// <summary>Reads an assembly without loading it.</summary>
    /// <param name="assembly">The bytes of a managed DLL.</param>
    /// <returns>
    /// Each pair once. What a nested type uses (a closure, the state machine of an async method) counts for the outermost type around it.
    /// </returns>
    public static IReadOnlyList<TypeUse> Of(Stream assembly)
    {
        using var file = new PEReader(assembly, PEStreamOptions.LeaveOpen);
        var reader = file.GetMetadataReader();
        var uses = new HashSet<TypeUse>();
        foreach (var handle in reader.TypeDefinitions)
        {
            var names = new NameCollector(reader);
            CollectType(reader, file, reader.GetTypeDefinition(handle), names);
            var user = NameCollector.OutermostName(reader, handle);
            uses.UnionWith(names.Names.Select(name => new TypeUse(user, name)));
        }

        return [.. uses.OrderBy(use => use.Type, StringComparer.Ordinal).ThenBy(use => use.Used, StringComparer.Ordinal)];
    }

    /// <summary>The names of the assemblies that an assembly refers to, such as <c>System.Runtime</c>.</summary>
    public static IReadOnlyList<string> AssembliesOf(Stream assembly)
    {
        using var file = new PEReader(assembly, PEStreamOptions.LeaveOpen);
        var reader = file.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
    }

    private static void CollectType(MetadataReader reader, PEReader file, TypeDefinition type, NameCollector names)
    {
        names.Add(type.BaseType);
        foreach (var handle in type.GetInterfaceImplementations())
        {
            names.Add(reader.GetInterfaceImplementation(handle).Interface);
        }

        foreach (var handle in type.GetFields())
        {
            reader.GetFieldDefinition(handle).DecodeSignature(names, null);
        }

        foreach (var handle in type.GetMethods())
        {
            var method = reader.GetMethodDefinition(handle);
            method.DecodeSignature(names, null);
            if (!method.GetImport().Module.IsNil)
            {
                names.AddNative(reader.GetString(reader.GetModuleReference(method.GetImport().Module).Name));
            }

            if (method.RelativeVirtualAddress != 0)
            {
                CollectBody(reader, file.GetMethodBody(method.RelativeVirtualAddress), names);
            }
        }
    }

    private static void CollectBody(MetadataReader reader, MethodBodyBlock body, NameCollector names)
    {
        if (!body.LocalSignature.IsNil)
        {
            reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            names.Add(region.CatchType);
        }

        foreach (var token in IlTokens.Of(body.GetILReader()))
        {
            names.Add(token);
        }
    }
}
