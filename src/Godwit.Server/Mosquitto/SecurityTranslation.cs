using System.Globalization;
using System.Net;

namespace Godwit.Server.Mosquitto;

/// <summary>
/// Who may connect, and the files that say who may do what. What is the same on all listeners are keys of the broker; else each listener
/// names a chain of its own. Without a password file and with anonymous clients, Mosquitto takes every user name as it comes: so do we.
/// </summary>
internal static class SecurityTranslation
{
    internal static void Translate(MosquittoModel model, IReadOnlyList<MosquittoSection> listeners, MosquittoOutput output)
    {
        for (var i = 0; i < listeners.Count; i++)
        {
            var anonymous = AnonymousOf(model, listeners[i]);
            output.Set($"Listeners:{Number(i)}:AllowAnonymous", anonymous?.IsOn ?? ListenerTranslation.IsLocalOnly(model), anonymous?.Line);
            if (anonymous is { IsOn: true } && IsOpen(output, $"Listeners:{Number(i)}:Addresses"))
            {
                model.Warn(anonymous.Line, $"Everybody who can reach listener {listeners[i].Head?.Rest ?? "1883"} may connect, without a password.");
            }
        }

        TranslateLogins([.. listeners.Select(section => LoginsOf(model, section))], output);
        TranslateRights([.. listeners.Select(section => FileOf(model, section, "acl_file", MosquittoPluginKind.AclFile))], output);
    }

    /// <summary>Other machines can reach the listener.</summary>
    private static bool IsOpen(MosquittoOutput output, string key) =>
        output.Input.Assignments.Find(assignment => string.Equals(assignment.Key, key, StringComparison.Ordinal)) is { } addresses
        && addresses.Values.Any(address => !IPAddress.IsLoopback(IPAddress.Parse(address)));

    private static MosquittoSetting? AnonymousOf(MosquittoModel model, MosquittoSection section) =>
        section["listener_allow_anonymous"] ?? OwnerOf(model, section)["allow_anonymous"];

    private static MosquittoSection OwnerOf(MosquittoModel model, MosquittoSection section) => model.IsPerListener ? section : model.General;

    private static Logins LoginsOf(MosquittoModel model, MosquittoSection section)
    {
        var file = FileOf(model, section, "password_file", MosquittoPluginKind.PasswordFile);
        var isOpen = file is null && (AnonymousOf(model, section)?.IsOn ?? ListenerTranslation.IsLocalOnly(model));
        return new Logins(file?.Path, isOpen, section["use_username_as_clientid"] is { IsOn: true }, file?.Line ?? section["use_username_as_clientid"]?.Line);
    }

    private static void TranslateLogins(IReadOnlyList<Logins> listeners, MosquittoOutput output)
    {
        var kinds = listeners.Select(logins => logins with { Line = null }).Distinct().ToList();
        if (kinds.Count == 1)
        {
            TranslateTheOne(listeners[0], output);
            return;
        }

        for (var i = 0; i < kinds.Count; i++)
        {
            var first = Enumerable.Range(0, listeners.Count).First(n => listeners[n] with { Line = null } == kinds[i]);
            TranslateChain(i, NameOf(first), listeners[first], output);
        }

        for (var i = 0; i < listeners.Count; i++)
        {
            var first = Enumerable.Range(0, listeners.Count).First(n => listeners[n] with { Line = null } == listeners[i] with { Line = null });
            output.Set($"Listeners:{Number(i)}:Authentication", NameOf(first), listeners[i].Line);
        }
    }

    private static void TranslateTheOne(Logins logins, MosquittoOutput output)
    {
        if (logins.File is not null)
        {
            output.Set(MosquittoKeys.PasswordFile, logins.File, logins.Line);
        }
        else if (logins.IsOpen)
        {
            output.Set("Authentication:Sources:0:Kind", "Unproved", null);
        }

        if (logins.IsNameTheClientId)
        {
            output.Set("Authentication:UserNameAsClientId", true, logins.Line);
        }
    }

    /// <summary>A chain of one source, of the same number; of none when nobody has a name there.</summary>
    private static void TranslateChain(int index, string name, Logins logins, MosquittoOutput output)
    {
        var source = $"Authentication:Sources:{Number(index)}:";
        var chain = $"Authentication:Chains:{Number(index)}:";
        output.Set(source + "Name", name, logins.Line);
        output.Set(source + "Kind", logins.File is null ? "Unproved" : "PasswordFile", logins.Line);
        if (logins.File is not null)
        {
            output.Set(source + "File", logins.File, logins.Line);
        }

        output.Set(chain + "Name", name, logins.Line);
        output.SetList(chain + "Sources", logins.File is null && !logins.IsOpen ? [] : [name], logins.Line);
        if (logins.IsNameTheClientId)
        {
            output.Set(chain + "UserNameAsClientId", true, logins.Line);
        }
    }

    private static void TranslateRights(IReadOnlyList<(string Path, MosquittoLine Line)?> listeners, MosquittoOutput output)
    {
        if (listeners.Select(file => file?.Path).Distinct(StringComparer.Ordinal).Count() == 1)
        {
            if (listeners[0] is { } file)
            {
                output.Set(MosquittoKeys.AclFile, file.Path, file.Line);
            }

            return;
        }

        var sets = new List<string>();
        for (var i = 0; i < listeners.Count; i++)
        {
            if (listeners[i] is not { } file)
            {
                continue;                                            // no rules: everything is allowed there
            }

            if (!sets.Contains(file.Path, StringComparer.Ordinal))
            {
                var set = $"Acl:Sets:{Number(sets.Count)}:";
                sets.Add(file.Path);
                output.Set(set + "Name", Path.GetFileName(file.Path), file.Line);
                output.Set(set + "File", file.Path, file.Line);
            }

            output.Set($"Listeners:{Number(i)}:Acl", Path.GetFileName(file.Path), file.Line);
        }
    }

    private static (string Path, MosquittoLine Line)? FileOf(MosquittoModel model, MosquittoSection section, string name, MosquittoPluginKind kind)
    {
        var owner = OwnerOf(model, section);
        return owner[name] is { } setting ? (setting.Text, setting.Line) : PluginTranslation.FileOf(model, owner, kind) ?? PluginTranslation.FileOf(model, model.General, kind);
    }

    private static string NameOf(int listener) => $"listener {Number(listener + 1)}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>How the user names of a listener are proved.</summary>
    /// <param name="File">The password file; null: none.</param>
    /// <param name="IsOpen">Not at all: every name counts.</param>
    /// <param name="IsNameTheClientId">They are the client identifiers too.</param>
    /// <param name="Line">Where it is said; it does not count when two are compared.</param>
    private sealed record Logins(string? File, bool IsOpen, bool IsNameTheClientId, MosquittoLine? Line);
}
