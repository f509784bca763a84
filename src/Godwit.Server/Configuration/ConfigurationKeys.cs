using System.Globalization;
using Godwit.Server.Hosting;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Configuration;

/// <summary>Every key of every section, in the order of docs/configuration.md.</summary>
public static class ConfigurationKeys
{
    /// <summary>Highest number of an element of an array.</summary>
    internal const int IndexMax = 99_999;

    /// <summary>All keys.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        .. ListenerSection.Keys,
        .. AuthenticationSection.Keys,
        .. AclSection.Keys,
        .. HostKeys.All.At("Broker", (options, _, _) => options),
        .. BrokerKeys.All.At("Broker", (options, _, _) => options.Settings),
        .. LimitKeys.All.At("Limits", (options, _, _) => options.Limits),
        .. StoreKeys.Options.At("Store", (options, _, _) => options),
        .. StoreKeys.Settings.At("Store", (options, _, _) => options.Store),
        .. LogKeys.All.At("Log", (options, _, _) => options.Log),
        .. ProtectionKeys.All.At("Protection", (options, _, _) => options.Protection),
    ];

    /// <summary>Arrays by their paths, and how many elements each has. The part before a <c>*</c> names one.</summary>
    internal static IReadOnlyDictionary<string, Func<ServerOptions, IReadOnlyList<int>, int>> Arrays { get; } =
        ListenerSection.Arrays.Concat(AuthenticationSection.Arrays).Concat(AclSection.Arrays)
            .ToDictionary(array => array.Path, array => array.Count, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, ConfigurationKey> ByPath = All.ToDictionary(key => key.Path, StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of all sections, in the order of docs/configuration.md.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. All.Select(key => key.Section).Distinct(StringComparer.Ordinal)];

    /// <summary>Finds a key.</summary>
    /// <param name="path">As it was written, with numbers: <c>listeners:0:port</c>.</param>
    /// <param name="indices">The numbers.</param>
    /// <returns>Null: there is no such key.</returns>
    public static ConfigurationKey? Find(string path, out IReadOnlyList<int> indices)
    {
        var found = new List<int>();
        indices = found;
        return ByPath.GetValueOrDefault(Pattern(path, found));
    }

    /// <summary>The path with the numbers in the place of the stars.</summary>
    public static string PathOf(ConfigurationKey key, IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(indices);
        return Join(key.Path, indices);
    }

    /// <summary>The key that was probably meant, with the numbers that were written.</summary>
    public static string Nearest(string path)
    {
        if (!path.Contains(':', StringComparison.Ordinal))
        {
            // The section was forgotten: its letters would count as mistakes.
            var names = All.Where(key => !key.Path.Contains('*', StringComparison.Ordinal)).ToList();
            var nearest = Broker.NearestName.Of(path, names.Select(key => key.Name));
            return names.First(key => key.Name.Equals(nearest, StringComparison.Ordinal)).Path;
        }

        var indices = new List<int>();
        return Join(Broker.NearestName.Of(Pattern(path, indices), ByPath.Keys), indices);
    }

    /// <summary>Every element of every array that the options have, for a key: one empty list for a key without arrays.</summary>
    internal static IEnumerable<IReadOnlyList<int>> IndicesOf(ConfigurationKey key, ServerOptions options)
    {
        IEnumerable<IReadOnlyList<int>> found = [[]];
        var parts = key.Path.Split(':');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is "*")
            {
                var count = Arrays[string.Join(':', parts[..i])];
                found = found.SelectMany(outer => Enumerable.Range(0, count(options, outer)).Select(index => (IReadOnlyList<int>)[.. outer, index]));
            }
        }

        return found;
    }

    /// <summary>Any key of an element of an array, to make that element; null: there is no such array.</summary>
    /// <param name="element">With a star at its end: <c>Listeners:*</c>.</param>
    internal static ConfigurationKey? GrowKeyOf(string element) => All.FirstOrDefault(key =>
        key.Path.StartsWith(element + ":", StringComparison.OrdinalIgnoreCase) && !key.Path[(element.Length + 1)..].Contains(':', StringComparison.Ordinal));

    /// <summary>The path with stars in the place of numbers.</summary>
    internal static string Pattern(string path, List<int> indices)
    {
        var parts = path.Split(':');
        for (var i = 0; i < parts.Length; i++)
        {
            if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= IndexMax)
            {
                parts[i] = "*";
                indices.Add(index);
            }
        }

        return string.Join(':', parts);
    }

    private static string Join(string pattern, IReadOnlyList<int> indices)
    {
        var parts = pattern.Split(':');
        var next = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is "*")
            {
                parts[i] = next < indices.Count ? indices[next++].ToString(CultureInfo.InvariantCulture) : "0";
            }
        }

        return string.Join(':', parts);
    }
}
