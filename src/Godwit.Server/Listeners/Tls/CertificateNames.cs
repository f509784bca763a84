using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Godwit.Server.Listeners.Tls;

/// <summary>The user name that a client's certificate gives.</summary>
public static class CertificateNames
{
    private const string CommonNameOid = "2.5.4.3";

    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.Ordinal)
    {
        [CommonNameOid] = "CN",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.9"] = "street",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.5"] = "serialNumber",
        ["0.9.2342.19200300.100.1.25"] = "DC",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["1.2.840.113549.1.9.1"] = "emailAddress",
    };

    /// <summary>
    /// Reads the name from the subject as it was parsed, never from a text form of it: a comma or an equals sign in a value cannot pretend to
    /// be another attribute.
    /// </summary>
    /// <param name="certificate">Verified.</param>
    /// <param name="name">Which name.</param>
    /// <returns>Null: there is none, or it is ambiguous (two common names) or no readable text; such a client has no user name.</returns>
    public static string? Read(X509Certificate2 certificate, CertificateName name)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var text = name switch
        {
            CertificateName.CommonName => CommonNameOf(certificate.SubjectName),
            CertificateName.Subject => SubjectOf(certificate.SubjectName),
            _ => null,
        };
        return text is { Length: > 0 } && !text.Any(char.IsControl) && !text.Contains('\uFFFD', StringComparison.Ordinal) ? text : null;
    }

    private static string? CommonNameOf(X500DistinguishedName subject)
    {
        string? found = null;
        try
        {
            foreach (var part in subject.EnumerateRelativeDistinguishedNames(reversed: false))
            {
                if (part.HasMultipleElements)
                {
                    return null;                // attributes without an order among them: nobody could say which one counts
                }

                if (!string.Equals(part.GetSingleElementType().Value, CommonNameOid, StringComparison.Ordinal))
                {
                    continue;
                }

                if (found is not null)
                {
                    return null;
                }

                found = part.GetSingleElementValue();
            }
        }
        catch (CryptographicException)
        {
            return null;                        // no valid text
        }

        return found;
    }

    /// <summary>RFC 4514: the last attribute first, separated by commas, what could be misread behind a backslash.</summary>
    private static string? SubjectOf(X500DistinguishedName subject)
    {
        var text = new StringBuilder();
        try
        {
            foreach (var part in subject.EnumerateRelativeDistinguishedNames(reversed: true))
            {
                if (part.HasMultipleElements || part.GetSingleElementValue() is not { } value)
                {
                    return null;
                }

                var oid = part.GetSingleElementType().Value ?? "";
                text.Append(text.Length > 0 ? "," : "").Append(ShortNames.GetValueOrDefault(oid, oid)).Append('=');
                AppendEscaped(text, value);
            }
        }
        catch (CryptographicException)
        {
            return null;
        }

        return text.ToString();
    }

    private static void AppendEscaped(StringBuilder text, string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var isAtEdge = (i == 0 && value[i] is ' ' or '#') || (i == value.Length - 1 && value[i] == ' ');
            if (isAtEdge || value[i] is ',' or '+' or '"' or '\\' or '<' or '>' or ';')
            {
                text.Append('\\');
            }

            text.Append(value[i]);
        }
    }
}
