namespace Godwit.Server.Mosquitto;

/// <summary>Reads a <c>mosquitto.conf</c>, line by line, into sections. Goes on after an error, so that all are found at once.</summary>
internal sealed class MosquittoReader
{
    private readonly MosquittoModel _model;
    private MosquittoSection _listener;
    private MosquittoSection? _plugin;
    private MosquittoLine? _bridge;
    private bool _hasSecurity;

    private MosquittoReader(string path)
    {
        _model = new MosquittoModel(path);
        _listener = _model.Default;
    }

    /// <summary>Reads the file and those it includes.</summary>
    internal static MosquittoModel Read(string path)
    {
        var reader = new MosquittoReader(path);
        reader.ReadFile(path, isMain: true);
        return reader._model;
    }

    private void ReadFile(string path, bool isMain)
    {
        var (listener, plugin, bridge) = (_listener, _plugin, _bridge);
        (_listener, _plugin, _bridge) = (_model.Default, null, null);
        _model.Files.Add(path);
        foreach (var line in MosquittoLineReader.Read(path, _model.Messages))
        {
            if (line.Name is "include_dir")
            {
                Include(line, isMain);
            }
            else
            {
                Add(line);
            }
        }

        (_listener, _plugin, _bridge) = (listener, plugin, bridge);
    }

    private void Include(MosquittoLine line, bool isMain)
    {
        if (!isMain)
        {
            _model.Warn(line, "include_dir has no effect in a file that is included itself, in Mosquitto neither.");
            return;
        }

        if (line.Rest.Length == 0)
        {
            _model.Refuse(line, "include_dir needs a directory.");
            return;
        }

        string[] files;
        try
        {
            files = MosquittoLineReader.FilesOf(line.Rest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _model.Refuse(line, $"include_dir {line.Rest} cannot be read: {exception.Message}");
            return;
        }

        _model.Files.Add(line.Rest);
        foreach (var file in files)
        {
            ReadFile(file, isMain: false);
        }
    }

    private void Add(MosquittoLine line)
    {
        var option = MosquittoOptions.Find(line.Name);
        if (option is null)
        {
            _model.Refuse(line, $"{line.Name} is not an option of Mosquitto. Did you mean {MosquittoOptions.Nearest(line.Name)}?");
            return;
        }

        if (MosquittoValues.Parse(option, line, _model) is not { } setting)
        {
            OpenAnyway(line);
            return;
        }

        switch (option.Scope)
        {
            case MosquittoScope.General:
                AddGeneral(setting);
                break;
            case MosquittoScope.Access:
                _hasSecurity = true;
                AddSecurity(setting, _model.IsPerListener ? _listener : _model.General);
                break;
            case MosquittoScope.Listener:
                Put(option.Name is "port" or "bind_address" ? _model.Default : _listener, setting);
                break;
            case MosquittoScope.Plugin when _plugin is not null:
                Put(_plugin, setting);
                break;
            case MosquittoScope.Plugin:
                _model.Refuse(line, $"{line.Name} needs a line plugin above it.");
                break;
            default:
                AddToBridge(line);
                break;
        }
    }

    /// <summary>A section whose first line is wrong is a section all the same: what follows is not to be taken for another's.</summary>
    private void OpenAnyway(MosquittoLine line)
    {
        if (line.Name is "listener")
        {
            _listener = new MosquittoSection(line);
        }
    }

    private void AddGeneral(MosquittoSetting setting)
    {
        switch (setting.Option.Name)
        {
            case "listener":
                _listener = new MosquittoSection(setting.Line);
                _listener.Add(setting);
                _model.Listeners.Add(_listener);
                break;
            case "connection":
                _bridge = setting.Line;
                _model.Refuse(setting.Line, $"connection {setting.Text}: {setting.Option.Remark}");
                break;
            case "global_plugin":
                AddSecurity(setting, _model.General);
                break;
            case "per_listener_settings" when setting.IsOn && _hasSecurity:
                _model.Refuse(setting.Line, "per_listener_settings must stand before every option about users and rights.");
                break;
            case "per_listener_settings" when _model.IsPerListener:
                break;                                              // once it is true it stays so, as in Mosquitto
            default:
                Put(_model.General, setting);
                break;
        }
    }

    private void AddSecurity(MosquittoSetting setting, MosquittoSection section)
    {
        if (setting.Option.Name is "plugin" or "auth_plugin" or "global_plugin")
        {
            _plugin = new MosquittoSection(setting.Line);
            _model.Plugins.Add(new MosquittoPlugin(section, _plugin));
            return;
        }

        Put(section, setting);
    }

    private void AddToBridge(MosquittoLine line)
    {
        if (_bridge is null)
        {
            _model.Refuse(line, $"{line.Name} needs a line connection above it.");
        }
    }

    private void Put(MosquittoSection section, MosquittoSetting setting)
    {
        if (setting.Option is { Value: MosquittoValue.Text, Repeats: false } && section[setting.Option.Name] is { } first)
        {
            _model.Refuse(setting.Line, $"{setting.Option.Name} stands twice; the first is {first.Line.Place}.");
            return;
        }

        switch (setting.Option.Fate)
        {
            case MosquittoFate.Refused when !setting.IsDefault:
                _model.Refuse(setting.Line, $"{setting.Line.Name} {setting.Text} is not possible here. {setting.Option.Remark}");
                break;
            case MosquittoFate.WithoutEffect:
                _model.Note(setting.Line, $"{setting.Line.Name} has no effect. {setting.Option.Remark}");
                break;
        }

        section.Add(setting);
    }
}
