namespace Godwit.Server.Mosquitto;

/// <summary>The encryption of a listener.</summary>
internal static class TlsTranslation
{
    private static readonly string[] NamesThatNeedIt = ["cafile", "capath", "crlfile", "require_certificate", "use_identity_as_username", "use_subject_as_username", "tls_version", "ciphers", "ciphers_tls1.3"];

    internal static void Translate(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        if (!HasKeyPair(model, section))
        {
            return;
        }

        output.Set(prefix + "CertificateFile", section["certfile"]!.Text, section["certfile"]!.Line);
        output.Set(prefix + "KeyFile", section["keyfile"]!.Text, section["keyfile"]!.Line);
        TranslateClients(model, section, prefix, output);
        TranslateVersions(model, section, prefix, output);
        TranslateCiphers(model, section, prefix, output);
    }

    private static bool HasKeyPair(MosquittoModel model, MosquittoSection section)
    {
        var (certificate, key) = (section["certfile"], section["keyfile"]);
        if (certificate is not null && key is not null)
        {
            return true;
        }

        if ((certificate ?? key) is { } half)
        {
            model.Refuse(half.Line, $"{half.Line.Name} needs {(certificate is null ? "certfile" : "keyfile")} beside it.");
        }
        else if (NamesThatNeedIt.Select(name => section[name]).FirstOrDefault(setting => setting is { IsDefault: false }) is { } alone)
        {
            model.Refuse(alone.Line, $"{alone.Line.Name} is about encryption, and this listener has none: it needs certfile and keyfile.");
        }

        return false;
    }

    private static void TranslateClients(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        var required = section["require_certificate"];
        var name = section["use_identity_as_username"] is { IsOn: true } identity ? identity : section["use_subject_as_username"];
        if (required is not { IsOn: true })
        {
            if (name is { IsOn: true })
            {
                model.Refuse(name.Line, $"{name.Line.Name} needs require_certificate true: without it clients are not asked for a certificate, and nobody can connect.");
            }

            if (section["crlfile"] is { } useless)
            {
                model.Note(useless.Line, "crlfile has no effect without require_certificate true.");
            }

            return;
        }

        output.Set(prefix + "ClientCertificate", "Required", required.Line);
        TranslateAuthorities(model, section, required.Line, prefix, output);
        if (section["crlfile"] is { } revoked)
        {
            output.Set(prefix + "CrlFile", revoked.Text, revoked.Line);
        }

        if (name is { IsOn: true })
        {
            output.Set(prefix + "UserNameFrom", name.Option.Name is "use_identity_as_username" ? "CommonName" : "Subject", name.Line);
        }
    }

    private static void TranslateAuthorities(MosquittoModel model, MosquittoSection section, MosquittoLine required, string prefix, MosquittoOutput output)
    {
        switch (section["cafile"], section["capath"])
        {
            case ({ } file, null):
                output.Set(prefix + "ClientCaFile", file.Text, file.Line);
                break;
            case (null, { } directory):
                output.Set(prefix + "ClientCaFile", directory.Text, directory.Line);
                break;
            case ({ }, { } both):
                model.Refuse(both.Line, "cafile and capath together are not possible here: put the file into the directory, and leave cafile out.");
                break;
            default:
                model.Refuse(required, "require_certificate needs cafile or capath: which certificates are valid is said there.");
                break;
        }
    }

    private static void TranslateVersions(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        if (section["tls_version"] is not { } version)
        {
            return;
        }

        if (version.Text is "tlsv1.1")
        {
            model.Warn(version.Line, "TLS 1.1 is not spoken: it has been withdrawn (RFC 8996). Clients need 1.2 or 1.3.");
        }

        output.SetList(prefix + "Versions", version.Text is "tlsv1.3" ? ["1.3"] : ["1.2", "1.3"], version.Line);
    }

    private static void TranslateCiphers(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        var (old, current) = (section["ciphers"], section["ciphers_tls1.3"]);
        if (old is null && current is null)
        {
            return;
        }

        var suites = new List<string>();
        suites.AddRange(current is null ? CipherNames.Defaults13 : NamesOf(model, current, name => CipherNames.Tls13.Contains(name, StringComparer.Ordinal) ? name : null));
        suites.AddRange(old is null ? CipherNames.Defaults12 : NamesOf(model, old, CipherNames.OfOpenSsl));
        output.SetList(prefix + "CipherSuites", suites, (old ?? current)!.Line);
    }

    private static List<string> NamesOf(MosquittoModel model, MosquittoSetting setting, Func<string, string?> find)
    {
        var suites = new List<string>();
        foreach (var name in setting.Text.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (find(name) is { } suite)
            {
                suites.Add(suite);
            }
            else
            {
                model.Refuse(setting.Line, $"{setting.Line.Name}: '{name}' is not the name of a suite that is safe today. Leave the line out, or name suites one by one, e.g. {(setting.Option.Name is "ciphers" ? "ECDHE-RSA-AES128-GCM-SHA256" : "TLS_AES_128_GCM_SHA256")}.");
            }
        }

        return suites;
    }
}
