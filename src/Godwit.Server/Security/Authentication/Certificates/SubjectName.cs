using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Godwit.Server.Security.Authentication.Certificates;

/// <summary>
/// The subject of a certificate, read from its bytes: a text form can be read in two ways, and that is how one certificate becomes another
/// user. Every value must be well-formed text without control characters.
/// </summary>
public sealed class SubjectName
{
    private const string CommonNameOid = "2.5.4.3";

    // The short names of OpenSSL, which are in the user names of existing ACL files.
    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.Ordinal)
    {
        [CommonNameOid] = "CN",
        ["2.5.4.4"] = "SN",
        ["2.5.4.5"] = "serialNumber",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.9"] = "street",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.12"] = "title",
        ["2.5.4.42"] = "GN",
        ["2.5.4.43"] = "initials",
        ["2.5.4.46"] = "dnQualifier",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["0.9.2342.19200300.100.1.25"] = "DC",
        ["1.2.840.113549.1.9.1"] = "emailAddress",
    };

    private readonly List<List<(string Oid, string Value)>> _names;

    private SubjectName(List<List<(string Oid, string Value)>> names) => _names = names;

    /// <summary>The common names, in the order of the certificate.</summary>
    public IReadOnlyList<string> CommonNames =>
        [.. _names.SelectMany(set => set).Where(part => part.Oid is CommonNameOid).Select(part => part.Value)];

    /// <summary>Reads a Name (RFC 5280 §4.1.2.4).</summary>
    /// <param name="der">DER, e.g. of <c>X509Certificate2.SubjectName.RawData</c>.</param>
    /// <param name="subject">The subject; null when it cannot be read.</param>
    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out SubjectName? subject)
    {
        subject = null;
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var names = new List<List<(string, string)>>();
            while (sequence.HasData)
            {
                names.Add(ReadSet(sequence.ReadSetOf(skipSortOrderValidation: true)));
            }

            subject = new SubjectName(names);
        }
        catch (Exception exception) when (exception is AsnContentException or DecoderFallbackException or FormatException)
        {
            return false;
        }

        return true;
    }

    /// <summary>
    /// The form of RFC 4514, as OpenSSL writes it with <c>-nameopt RFC2253</c> and Mosquitto uses it: the last part first, special
    /// characters escaped, what is not ASCII as <c>\XX</c> for each byte of UTF-8.
    /// </summary>
    public override string ToString() =>
        string.Join(',', Enumerable.Reverse(_names).Select(set => string.Join('+', Enumerable.Reverse(set).Select(part => $"{NameOf(part.Oid)}={Escape(part.Value)}"))));

    private static List<(string Oid, string Value)> ReadSet(AsnReader set)
    {
        var parts = new List<(string, string)>();
        while (set.HasData)
        {
            var part = set.ReadSequence();
            var oid = part.ReadObjectIdentifier();
            var value = part.PeekTag() is { TagClass: TagClass.Universal } tag && IsText((UniversalTagNumber)tag.TagValue)
                ? part.ReadCharacterString((UniversalTagNumber)tag.TagValue)
                : throw new FormatException("no text");
            part.ThrowIfNotEmpty();
            parts.Add((oid, value.Any(char.IsControl) ? throw new FormatException("a control character") : value));
        }

        return parts;
    }

    private static bool IsText(UniversalTagNumber tag) => tag
        is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
        or UniversalTagNumber.BMPString or UniversalTagNumber.T61String or UniversalTagNumber.NumericString;

    private static string NameOf(string oid) => ShortNames.GetValueOrDefault(oid, oid);

    private static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length);
        var utf8 = Encoding.UTF8.GetBytes(value);
        for (var i = 0; i < utf8.Length; i++)
        {
            var isEdge = (i == 0 && utf8[i] is (byte)'#' or (byte)' ' && i == 0) || (i == utf8.Length - 1 && utf8[i] == ' ');
            if (utf8[i] >= 0x80)
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\{utf8[i]:X2}");
                continue;
            }

            if (isEdge || ",+\"\\<>;".Contains((char)utf8[i], StringComparison.Ordinal))
            {
                escaped.Append('\\');
            }

            escaped.Append((char)utf8[i]);
        }

        return escaped.ToString();
    }
}
