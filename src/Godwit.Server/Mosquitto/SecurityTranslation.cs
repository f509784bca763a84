namespace Godwit.Server.Mosquitto;

/// <summary>Who may connect, and the files that say who may do what.</summary>
internal static class SecurityTranslation
{
    /// <summary>The broker's files, when they are the same for all listeners.</summary>
    internal static void Translate(MosquittoModel model, MosquittoOutput output)
    {
        if (FileOf(model, model.General, "password_file", MosquittoPluginKind.PasswordFile) is { } passwords)
        {
            output.Set(MosquittoKeys.PasswordFile, passwords.Path, passwords.Line);
        }

        if (FileOf(model, model.General, "acl_file", MosquittoPluginKind.AclFile) is { } rights)
        {
            output.Set(MosquittoKeys.AclFile, rights.Path, rights.Line);
        }
    }

    /// <summary>What one listener says of its clients.</summary>
    internal static void TranslateListener(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        var anonymous = section["listener_allow_anonymous"] ?? (model.IsPerListener ? section : model.General)["allow_anonymous"];
        var isLocalOnly = ListenerTranslation.IsLocalOnly(model);
        output.Set(prefix + "AllowAnonymous", anonymous?.IsOn ?? isLocalOnly, anonymous?.Line);
    }

    private static (string Path, MosquittoLine Line)? FileOf(MosquittoModel model, MosquittoSection section, string name, MosquittoPluginKind kind) =>
        section[name] is { } setting ? (setting.Text, setting.Line) : PluginTranslation.FileOf(model, section, kind);
}
