namespace Godwit.Server.Mosquitto;

/// <summary>The plugins that come with Mosquitto. Two of them are nothing but other ways to name a password file and an ACL file.</summary>
internal static class PluginTranslation
{
    private static readonly (string Part, MosquittoPluginKind Kind)[] Kinds =
    [
        ("password_file", MosquittoPluginKind.PasswordFile),
        ("acl_file", MosquittoPluginKind.AclFile),
        ("persist_sqlite", MosquittoPluginKind.Store),
        ("dynamic_security", MosquittoPluginKind.DynamicSecurity),
        ("sparkplug_aware", MosquittoPluginKind.Sparkplug),
    ];

    /// <summary>What the plugin is for; its file's name says it.</summary>
    internal static MosquittoPluginKind KindOf(MosquittoPlugin plugin)
    {
        var name = Path.GetFileName(plugin.Section.Head!.Rest);
        return Array.Find(Kinds, kind => name.Contains(kind.Part, StringComparison.Ordinal)).Kind;
    }

    /// <summary>Refuses what is not understood.</summary>
    internal static void Check(MosquittoModel model)
    {
        foreach (var plugin in model.Plugins)
        {
            var line = plugin.Section.Head!;
            switch (KindOf(plugin))
            {
                case MosquittoPluginKind.PasswordFile:
                    CheckFile(model, plugin, "password_file");
                    break;
                case MosquittoPluginKind.AclFile:
                    CheckFile(model, plugin, "acl_file");
                    break;
                case MosquittoPluginKind.Store:
                    model.Note(line, "State is kept in the broker's own store (Store:Directory); the SQLite database is not read.");
                    break;
                case MosquittoPluginKind.DynamicSecurity:
                    model.Refuse(line, "The plugin dynamic_security is not possible here: there is no $CONTROL topic. Write its clients into a password_file and its roles into an acl_file.");
                    break;
                case MosquittoPluginKind.Sparkplug:
                    model.Refuse(line, "The plugin sparkplug_aware is not possible here: birth certificates are not published again below $sparkplug. Leave it out if no host asks for them.");
                    break;
                default:
                    model.Refuse(line, $"The plugin {Path.GetFileName(line.Rest)} cannot be loaded: plugins of Mosquitto are machine code for Mosquitto. Use password_file, or an HTTP, JWT or PostgreSQL authenticator of our own.");
                    break;
            }
        }
    }

    /// <summary>The file that a plugin of a section names, and the line.</summary>
    internal static (string Path, MosquittoLine Line)? FileOf(MosquittoModel model, MosquittoSection section, MosquittoPluginKind kind)
    {
        var plugin = model.Plugins.FindLast(candidate => ReferenceEquals(candidate.Owner, section) && KindOf(candidate) == kind);
        var name = kind == MosquittoPluginKind.PasswordFile ? "password_file" : "acl_file";
        return plugin is null ? null : OptionOf(plugin, name) is { } setting ? (setting.Text, setting.Line) : null;
    }

    private static void CheckFile(MosquittoModel model, MosquittoPlugin plugin, string name)
    {
        if (OptionOf(plugin, name) is null)
        {
            model.Refuse(plugin.Section.Head!, $"The plugin needs a line plugin_opt_{name} PATH below it.");
        }

        foreach (var setting in plugin.Section.All.Where(setting => setting.Line.Name.StartsWith("plugin_opt_", StringComparison.Ordinal) || setting.Line.Name.StartsWith("auth_opt_", StringComparison.Ordinal)))
        {
            if (!setting.Line.Name.EndsWith("_opt_" + name, StringComparison.Ordinal))
            {
                model.Refuse(setting.Line, $"{setting.Line.Name} is not an option of this plugin; it has plugin_opt_{name}.");
            }
        }
    }

    private static MosquittoSetting? OptionOf(MosquittoPlugin plugin, string name) =>
        plugin.Section.AllOf("plugin_opt_*").Concat(plugin.Section.AllOf("auth_opt_*")).LastOrDefault(setting => setting.Line.Name.EndsWith("_opt_" + name, StringComparison.Ordinal));
}
