namespace Godwit.Server.Mosquitto;

/// <summary>The options of the log. Lines look as Mosquitto's do, so that rules which read its log go on to match.</summary>
internal static class LogTranslation
{
    private static readonly string[] DefaultTypes = ["error", "warning", "notice", "information"];

    internal static void Translate(MosquittoModel model, MosquittoOutput output)
    {
        var general = model.General;
        output.Set("Log:Format", "mosquitto", null);
        TranslateDestinations(model, output);
        TranslateTypes(general.AllOf("log_type"), output);
        var messages = general["connection_messages"];
        output.Set("Log:ConnectionMessages", messages?.IsOn ?? true, messages?.Line);
        if (general["log_timestamp"] is { } timestamp)
        {
            output.Set("Log:Timestamp", timestamp.IsOn, timestamp.Line);
        }

        if (general["log_timestamp_format"] is { } format)
        {
            output.Set("Log:TimestampFormat", format.Text, format.Line);
        }
    }

    private static void TranslateDestinations(MosquittoModel model, MosquittoOutput output)
    {
        var destinations = new List<string>();
        var settings = model.General.AllOf("log_dest");
        foreach (var setting in settings)
        {
            var words = setting.Line.Words;
            switch (words[0])
            {
                case "none":
                    destinations.Clear();
                    break;
                case "stdout" or "stderr" or "syslog" or "topic":
                    destinations.Add(words[0]);
                    break;
                case "file" when words.Length > 1:
                    destinations.Add("file:" + setting.Text["file".Length..].Trim());
                    break;
                case "file":
                    model.Refuse(setting.Line, "log_dest file needs a path.");
                    break;
                case "dlt":
                    model.Warn(setting.Line, "log_dest dlt has no effect: the log goes to files, syslog, topics, stdout and stderr only.");
                    break;
                default:
                    model.Refuse(setting.Line, $"log_dest is one of stdout, stderr, syslog, file PATH, topic, dlt, none, not '{words[0]}'.");
                    break;
            }
        }

        if (settings.Count == 0)
        {
            output.SetList("Log:Destinations", ["stderr"], null);
        }
        else
        {
            output.SetList("Log:Destinations", destinations.Count == 0 ? ["none"] : [.. destinations.Distinct(StringComparer.Ordinal)], settings[^1].Line);
        }
    }

    private static void TranslateTypes(IReadOnlyList<MosquittoSetting> settings, MosquittoOutput output)
    {
        var types = new List<string>();
        foreach (var setting in settings)
        {
            switch (setting.Text)
            {
                case "none" or "all":
                    types.Clear();
                    types.Add(setting.Text);
                    break;
                case "internal":                                // messages about Mosquitto's insides: there are none of that kind
                    break;
                default:
                    types.Remove("none");
                    types.Add(setting.Text);
                    break;
            }
        }

        if (settings.Count == 0)
        {
            output.SetList("Log:Types", DefaultTypes, null);
        }
        else
        {
            output.SetList("Log:Types", types.Count == 0 ? ["none"] : [.. types.Distinct(StringComparer.Ordinal)], settings[^1].Line);
        }
    }
}
