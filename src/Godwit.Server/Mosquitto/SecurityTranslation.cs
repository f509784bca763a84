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

        TranslateNames(model, listeners, output);
        TranslateLogins([.. listeners.Select(section => LoginsOf(model, section))], output);
        var sets = TranslateRights([.. listeners.Select(section => FileOf(model, section, "acl_file", MosquittoPluginKind.AclFile))], output);
        if (model.General["check_retain_source"] is { } check)
        {
            foreach (var section in sets.Prepend("Acl:"))
            {
                output.Set(section + "CheckRetainSource", check.IsOn, check.Line);
            }
        }
    }

    /// <summary>Other machines can reach the listener.</summary>
    private static bool IsOpen(MosquittoOutput output, string key) =>
        output.Input.Assignments.Find(assignment => string.Equals(assignment.Key, key, StringComparison.Ordinal)) is { } addresses
        && addresses.Values.Any(address => !IPAddress.IsLoopback(IPAddress.Parse(address)));

    private static MosquittoSetting? AnonymousOf(MosquittoModel model, MosquittoSection section) =>
        section["listener_allow_anonymous"] ?? OwnerOf(model, section)["allow_anonymous"];

    private static MosquittoSection OwnerOf(MosquittoModel model, MosquittoSection section) => model.IsPerListener ? section : model.General;

    /// <summary>Client identifiers of clients that send none.</summary>
    private static void TranslateNames(MosquittoModel model, IReadOnlyList<MosquittoSection> listeners, MosquittoOutput output)
    {
        if (!model.IsPerListener)
        {
            TranslateNames(model.General["allow_zero_length_clientid"], model.General["auto_id_prefix"], "Broker:", output);
        }

        for (var i = 0; i < listeners.Count; i++)
        {
            var (mayBeEmpty, prefix) = model.IsPerListener ? (listeners[i]["allow_zero_length_clientid"], listeners[i]["auto_id_prefix"]) : default;
            TranslateNames(mayBeEmpty, listeners[i]["listener_auto_id_prefix"] ?? prefix, $"Listeners:{Number(i)}:", output);
        }
    }

    private static void TranslateNames(MosquittoSetting? mayBeEmpty, MosquittoSetting? prefix, string section, MosquittoOutput output)
    {
        if (mayBeEmpty is not null)
        {
            output.Set(section + "AllowEmptyClientId", mayBeEmpty.IsOn, mayBeEmpty.Line);
        }

        if (prefix is not null)
        {
            output.Set(section + "AssignedClientIdPrefix", prefix.Text, prefix.Line);
        }
    }

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

    /// <summary>One set of rules for all, or named ones.</summary>
    /// <returns>The sections of the named ones.</returns>
    private static List<string> TranslateRights(IReadOnlyList<(string Path, MosquittoLine Line)?> listeners, MosquittoOutput output)
    {
        var sections = new List<string>();
        if (listeners.Select(file => file?.Path).Distinct(StringComparer.Ordinal).Count() == 1)
        {
            if (listeners[0] is { } file)
            {
                output.Set(MosquittoKeys.AclFile, file.Path, file.Line);
            }

            return sections;
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
                sections.Add(set);
                output.Set(set + "Name", Path.GetFileName(file.Path), file.Line);
                output.Set(set + "File", file.Path, file.Line);
            }

            output.Set($"Listeners:{Number(i)}:Acl", Path.GetFileName(file.Path), file.Line);
        }

        return sections;
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
