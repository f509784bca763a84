namespace Godwit.Server.Mosquitto;

/// <summary>The settings of the broker, of one listener, of one plugin or of one bridge.</summary>
/// <param name="head">The line that opens the section; null for the broker's and for what stands before the first listener.</param>
internal sealed class MosquittoSection(MosquittoLine? head)
{
    private readonly Dictionary<string, List<MosquittoSetting>> _settings = new(StringComparer.Ordinal);

    internal MosquittoLine? Head { get; } = head;

    /// <summary>All settings, in the order of their first lines.</summary>
    internal IEnumerable<MosquittoSetting> All => _settings.Values.SelectMany(settings => settings).OrderBy(setting => setting.Line.Number);

    /// <summary>The setting that holds; null when no line sets it.</summary>
    internal MosquittoSetting? this[string name] => _settings.TryGetValue(name, out var settings) ? settings[^1] : null;

    internal IReadOnlyList<MosquittoSetting> AllOf(string name) => _settings.TryGetValue(name, out var settings) ? settings : [];

    internal void Add(MosquittoSetting setting)
    {
        if (!_settings.TryGetValue(setting.Option.Name, out var settings))
        {
            _settings[setting.Option.Name] = settings = [];
        }

        if (!setting.Option.Repeats)
        {
            settings.Clear();
        }

        settings.Add(setting);
    }
}
