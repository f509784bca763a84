using Godwit.Server.Hosting;
using Godwit.Server.Security;
using Godwit.Server.Security.Acl;
using Godwit.Server.Storage;

namespace Godwit.Server.Configuration;

/// <summary>Makes options from sources. Everything is looked at, and everything that is wrong is said at once.</summary>
public sealed class ConfigurationLoader
{
    private readonly ServerOptions _options = new() { Durability = DurabilityMode.Sync };
    private readonly List<ConfigurationMessage> _messages = [];
    private readonly Dictionary<string, ConfigurationOrigin> _origins = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wrongElements = new(StringComparer.OrdinalIgnoreCase);

    private ConfigurationLoader(Action<ServerOptions>? prepare) => prepare?.Invoke(_options);

    /// <summary>Reads all sources.</summary>
    /// <param name="sources">In the order of their weight: what a later one says about a key holds.</param>
    /// <param name="prepare">Sets on new options what no key can say, e.g. a program's own sources of users; null: nothing.</param>
    /// <returns>Also when something is wrong; see <see cref="LoadedConfiguration.IsValid"/>.</returns>
    public static LoadedConfiguration Load(IEnumerable<IConfigurationSource> sources, Action<ServerOptions>? prepare = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var loader = new ConfigurationLoader(prepare);
        var files = new List<string>();
        foreach (var source in sources)
        {
            loader.Add(source.Read());
            files.AddRange(source.Files);
        }

        return loader.Finish(files);
    }

    private void Add(ConfigurationInput input)
    {
        _messages.AddRange(input.Messages);
        foreach (var assignment in input.Assignments)
        {
            Add(assignment);
        }
    }

    private void Add(ConfigurationAssignment assignment)
    {
        if (ConfigurationKeys.Find(assignment.Key, out var indices) is not { } key)
        {
            AddWithoutKey(assignment);
            return;
        }

        var path = ConfigurationKeys.PathOf(key, indices);
        if (GapIn(path) is { } gap)
        {
            Error(assignment.Origin, path, gap);
            return;
        }

        var error = key.Secret is { } secret && secret.IsIn(assignment.Text) && !IsSecretPlace(assignment) ? SecretHint(path, secret) : key.Set(_options, indices, assignment);
        if (error is not null)
        {
            Error(assignment.Origin, path, $"{path} {(key.IsSecret ? error.Replace(assignment.Text, "...", StringComparison.Ordinal) : error)}");
            return;
        }

        _origins[path] = assignment.Origin;
    }

    private void AddWithoutKey(ConfigurationAssignment assignment)
    {
        var indices = new List<int>();
        var pattern = ConfigurationKeys.Pattern(assignment.Key, indices);
        if (assignment.Shape == ValueShape.Element && ConfigurationKeys.GrowKeyOf(pattern) is { } grow)
        {
            grow.Grow(_options, indices);
            var path = ConfigurationKeys.PathOf(grow, indices);
            _origins[path[..path.LastIndexOf(':')]] = assignment.Origin;
            return;
        }

        if (assignment.Shape == ValueShape.Element || (assignment.Shape == ValueShape.List && assignment.Values.Count == 0 && ConfigurationKeys.Arrays.ContainsKey(pattern)))
        {
            return;         // what is in the element is an error of its own; no elements are none
        }

        var section = ConfigurationKeys.All.FirstOrDefault(key => key.Path.StartsWith(pattern + ":", StringComparison.OrdinalIgnoreCase));
        Error(assignment.Origin, assignment.Key, section is null
            ? $"{assignment.Key} is not a setting. Did you mean {ConfigurationKeys.Nearest(assignment.Key)}?"
            : $"{assignment.Key} is a section, not a value; it holds settings such as {ConfigurationKeys.PathOf(section, indices)}.");
    }

    /// <summary>A source without elements of its own may name those that are there, and the next one.</summary>
    private string? GapIn(string path)
    {
        var indices = new List<int>();
        var pattern = ConfigurationKeys.Pattern(path, indices).Split(':');
        var seen = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] is not "*")
            {
                continue;
            }

            var array = string.Join(':', pattern[..i]);
            var count = ConfigurationKeys.Arrays[array](_options, indices[..seen]);
            if (indices[seen] > count)
            {
                var name = string.Join(':', path.Split(':')[..i]);
                return $"{path}: {name} has {count} elements; the next is {name}:{count}.";
            }

            seen++;
        }

        return null;
    }

    private static bool IsSecretPlace(ConfigurationAssignment assignment) =>
        assignment.Origin.Line == 0 && assignment.Origin.Source.StartsWith(EnvironmentSource.Prefix, StringComparison.OrdinalIgnoreCase);

    private static string SecretHint(string path, SecretPart secret) =>
        $"has a secret in it, which must not stand here. {secret.Instead}, or set the environment variable {EnvironmentSource.NameOf(path)}.";

    private void Error(ConfigurationOrigin origin, string path, string text)
    {
        _messages.Add(new ConfigurationMessage(origin, IsError: true, text));
        if (path.Split(':') is [_, var number, ..])
        {
            _wrongElements.Add($"{path.Split(':')[0]}:{number}");
        }
    }

    private ConfigurationOrigin OriginOfSection(string section) =>
        _origins.FirstOrDefault(entry => entry.Key.StartsWith(section + ":", StringComparison.Ordinal)).Value is { Source: not null } found
            ? found
            : ConfigurationOrigin.Default;

    private LoadedConfiguration Finish(List<string> files)
    {
        if (_options.Durability != DurabilityMode.Memory)
        {
            _options.DataDirectory ??= StateDirectory.Default;
        }

        var checks = new ListenerChecks(_options, _origins);
        foreach (var (index, message) in checks.Run())
        {
            // A listener that is half understood would be complained about twice.
            if (!_wrongElements.Contains($"{ListenerSection.Path}:{index}"))
            {
                _messages.Add(message);
            }
        }

        var rules = new ConfigurationInput();
        AclLoader.Check(_options, rules);
        _messages.AddRange(rules.Messages);
        _messages.AddRange(ConfiguredSecurity.UserErrors(_options).Select(error => new ConfigurationMessage(OriginOfSection("Authentication"), IsError: true, error)));

        var ordered = _messages.OrderBy(message => message.Origin.Source, StringComparer.Ordinal).ThenBy(message => message.Origin.Line).ToList();
        return new LoadedConfiguration(_options, ordered, _origins, files);
    }
}
