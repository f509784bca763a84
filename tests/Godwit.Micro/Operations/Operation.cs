using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Godwit.Micro.Operations;

/// <summary>One method of a class with operations, and one choice of the class's parameters.</summary>
/// <param name="Class">Has <see cref="GlobalSetupAttribute"/> and operations without arguments that return a number.</param>
/// <param name="Method">Has <see cref="BenchmarkAttribute"/>.</param>
/// <param name="Parameters">Values of the properties with <see cref="ParamsAttribute"/>; may be empty.</param>
internal sealed record Operation(Type Class, MethodInfo Method, IReadOnlyList<(PropertyInfo Property, object Value)> Parameters)
{
    /// <summary>The classes, in the order of reports.</summary>
    public static IReadOnlyList<Type> Classes { get; } =
        [typeof(ParseOperations), typeof(EncodeOperations), typeof(MatchOperations), typeof(DeliveryOperations), typeof(JournalOperations), typeof(TurnOperations)];

    /// <summary>Such as <c>MatchOperations.Exact(Others: 10)</c>.</summary>
    public string Name
    {
        get
        {
            var values = Parameters.Select(parameter => string.Create(CultureInfo.InvariantCulture, $"{parameter.Property.Name}: {parameter.Value}"));
            return $"{Class.Name}.{Method.Name}({string.Join(", ", values)})";
        }
    }

    /// <summary>Bytes that a run may allocate at most.</summary>
    public int AllocatedBytesMax => Method.GetCustomAttribute<AllocatesAttribute>()?.Bytes ?? 0;

    /// <summary>All operations of some classes with all choices of their parameters.</summary>
    public static IEnumerable<Operation> Of(IEnumerable<Type> classes) =>
        from type in classes
        from method in type.GetMethods()
        where method.GetCustomAttribute<BenchmarkAttribute>() is not null
        from parameters in Choices([.. type.GetProperties().Where(property => property.GetCustomAttribute<ParamsAttribute>() is not null)])
        select new Operation(type, method, parameters);

    /// <summary>A fresh object, set up.</summary>
    /// <returns>The operation; and what takes the object down.</returns>
    public (Func<int> Run, Action TakeDown) Prepare()
    {
        var target = Activator.CreateInstance(Class)!;
        foreach (var (property, value) in Parameters)
        {
            property.SetValue(target, value);
        }

        Invoke<GlobalSetupAttribute>(target);
        return (Method.CreateDelegate<Func<int>>(target), () => Invoke<GlobalCleanupAttribute>(target));
    }

    private void Invoke<TAttribute>(object target)
        where TAttribute : Attribute =>
        Class.GetMethods().FirstOrDefault(method => method.GetCustomAttribute<TAttribute>() is not null)?.Invoke(target, null);

    private static IEnumerable<IReadOnlyList<(PropertyInfo Property, object Value)>> Choices(IReadOnlyList<PropertyInfo> properties)
    {
        IEnumerable<IReadOnlyList<(PropertyInfo, object)>> choices = [[]];
        foreach (var property in properties)
        {
            var values = property.GetCustomAttribute<ParamsAttribute>()!.Values;
            choices = [.. choices.SelectMany(_ => values, (chosen, value) => (IReadOnlyList<(PropertyInfo, object)>)[.. chosen, (property, value!)])];
        }

        return choices;
    }
}
