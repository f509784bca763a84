using System.Xml.Linq;

namespace Godwit.House.Rules;

/// <summary>Who may know whom: Cli → Postgres → Server → {Storage, Cluster} → Broker → Protocol and Cli → {Client, Conformance, Bench} → Protocol; Simulation stands above Storage and Broker.</summary>
public static class DependencyRule
{
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["Godwit.Protocol"] = [],
        ["Godwit.Broker"] = ["Godwit.Protocol"],
        ["Godwit.Storage"] = ["Godwit.Broker", "Godwit.Protocol"],
        ["Godwit.Simulation"] = ["Godwit.Storage", "Godwit.Broker", "Godwit.Client", "Godwit.Protocol"],
        ["Godwit.Cluster"] = ["Godwit.Broker", "Godwit.Protocol"],
        ["Godwit.Server"] = ["Godwit.Storage", "Godwit.Cluster", "Godwit.Broker", "Godwit.Protocol"],
        ["Godwit.Postgres"] = ["Godwit.Server", "Godwit.Broker", "Godwit.Protocol"],
        ["Godwit.Client"] = ["Godwit.Protocol"],
        ["Godwit.Conformance"] = ["Godwit.Protocol"],
        ["Godwit.Bench"] = ["Godwit.Protocol"],
        ["Godwit.Cli"] = ["Godwit.Bench", "Godwit.Conformance", "Godwit.Simulation", "Godwit.Postgres", "Godwit.Server", "Godwit.Storage", "Godwit.Cluster", "Godwit.Broker", "Godwit.Client", "Godwit.Protocol"],
    };

    private static readonly string[] FrameworkOnly = ["Godwit.Protocol", "Godwit.Broker"];

    /// <summary>Looks at one project below src.</summary>
    /// <param name="project">Its csproj file.</param>
    /// <returns>One sentence for each reference in a direction that was not drawn.</returns>
    public static IEnumerable<string> Check(SourceFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        if (!Below.TryGetValue(name, out var below))
        {
            yield return $"{project.Path} is not in the drawing: add it to {nameof(DependencyRule)} and docs/architecture.md";
            yield break;
        }

        var xml = XDocument.Parse(project.Text);
        foreach (var reference in Includes(xml, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))))
        {
            if (!below.Contains(reference))
            {
                yield return $"{name} refers to {reference}";
            }
        }

        foreach (var reference in Includes(xml, "FrameworkReference").Where(_ => !IsServer(name)))
        {
            yield return $"{name} refers to {reference}; only Godwit.Server may";
        }

        if (!IsServer(name) && xml.Root?.Attribute("Sdk")?.Value != "Microsoft.NET.Sdk")
        {
            yield return $"{name} is not built with Microsoft.NET.Sdk";
        }

        foreach (var reference in Includes(xml, "PackageReference").Where(_ => FrameworkOnly.Contains(name)))
        {
            yield return $"{name} refers to the package {reference}; it may use the framework only";
        }
    }

    /// <summary>Looks at one source file below src: ASP.NET Core reaches Cli through Server, and Cli must not use it.</summary>
    /// <returns>A sentence when it does.</returns>
    public static IEnumerable<string> CheckAspNet(SourceFile file)
    {
        if (!file.Path.StartsWith("src/Godwit.Server/", StringComparison.Ordinal)
            && file.Text.Contains("Microsoft" + ".AspNetCore", StringComparison.Ordinal))
        {
            yield return $"{file.Path} uses ASP.NET Core; only Godwit.Server may";
        }
    }

    private static bool IsServer(string name) => name == "Godwit.Server";

    private static IEnumerable<string> Includes(XDocument xml, string item) =>
        xml.Descendants(item).Select(element => element.Attribute("Include")?.Value ?? "");
}
