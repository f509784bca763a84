using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Server.Listeners.Tls;

/// <summary>One certificate revocation list (RFC 5280 §5): which serial numbers its issuer has taken back, and how long it may be believed.</summary>
internal sealed class RevocationList
{
    private readonly HashSet<BigInteger> _serials = [];
    private readonly byte[] _signed;            // the bytes that the signature is of
    private readonly byte[] _signature;
    private readonly string _algorithm;

    private RevocationList(ReadOnlyMemory<byte> encoded)
    {
        var outer = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        _signed = outer.PeekEncodedValue().ToArray();
        var inner = outer.ReadSequence();
        if (inner.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            inner.ReadInteger();                // version
        }

        _algorithm = inner.ReadSequence().ReadObjectIdentifier();
        Issuer = inner.ReadEncodedValue().ToArray();
        From = ReadTime(inner);
        Until = IsTime(inner) ? ReadTime(inner) : DateTimeOffset.MaxValue;
        if (inner.HasData && inner.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            for (var entries = inner.ReadSequence(); entries.HasData;)
            {
                _serials.Add(entries.ReadSequence().ReadInteger());
            }
        }

        outer.ReadSequence();                   // the algorithm again
        _signature = outer.ReadBitString(out _);
    }

    /// <summary>The name of its CA, DER.</summary>
    internal byte[] Issuer { get; }

    /// <summary>When it was issued.</summary>
    internal DateTimeOffset From { get; }

    /// <summary>When the next one should have come; it is not believed afterwards.</summary>
    internal DateTimeOffset Until { get; }

    /// <summary>Reads all lists of a PEM text.</summary>
    /// <exception cref="TlsFilesException">There is none, or one cannot be read.</exception>
    internal static IReadOnlyList<RevocationList> Read(string pem, string path)
    {
        var lists = new List<RevocationList>();
        try
        {
            for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
            {
                if (rest[fields.Label] is "X509 CRL")
                {
                    lists.Add(new RevocationList(Convert.FromBase64String(rest[fields.Base64Data].ToString())));
                }
            }
        }
        catch (Exception exception) when (exception is AsnContentException or FormatException or CryptographicException)
        {
            throw new TlsFilesException($"CrlFile {path}: a list in it cannot be read: {exception.Message}", exception);
        }

        return lists.Count > 0 ? lists : throw new TlsFilesException($"CrlFile {path}: there is no list in it (-----BEGIN X509 CRL-----).");
    }

    /// <summary>Whether a certificate of this CA is revoked.</summary>
    internal bool Contains(X509Certificate2 certificate) =>
        _serials.Contains(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true));

    /// <summary>Whether a CA has signed it.</summary>
    internal bool IsSignedBy(X509Certificate2 authority)
    {
        try
        {
            return authority.GetRSAPublicKey() is { } rsa ? IsSignedBy(rsa) : authority.GetECDsaPublicKey() is { } ecdsa && IsSignedBy(ecdsa);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsTime(AsnReader reader) =>
        reader.HasData && (reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) || reader.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime));

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    private bool IsSignedBy(RSA rsa)
    {
        using (rsa)
        {
            return HashOf(_algorithm) is { } hash && rsa.VerifyData(_signed, _signature, hash, RSASignaturePadding.Pkcs1);
        }
    }

    private bool IsSignedBy(ECDsa ecdsa)
    {
        using (ecdsa)
        {
            return HashOf(_algorithm) is { } hash && ecdsa.VerifyData(_signed, _signature, hash, DSASignatureFormat.Rfc3279DerSequence);
        }
    }

    /// <summary>SHA-1 is not believed.</summary>
    private static HashAlgorithmName? HashOf(string algorithm) => algorithm switch
    {
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => null,
    };
}
