using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Server.Listeners.Tls;

/// <summary>Reads certificates and keys; every failure says which file it is and what can be done.</summary>
internal static class PemFiles
{
    /// <summary>A certificate with its key and those that lead to its CA.</summary>
    /// <exception cref="TlsFilesException">A file is missing, is no PEM, or the key belongs to another certificate.</exception>
    internal static SslStreamCertificateContext ReadIdentity(string certificateFile, string keyFile, string? keyPasswordFile)
    {
        var chain = ReadCertificates(certificateFile, "CertificateFile");
        var certificate = ReadPair(certificateFile, keyFile, keyPasswordFile);
        chain.RemoveAt(0);              // the first is the server's own
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    /// <summary>All certificates of a file, or of the files of a directory.</summary>
    /// <exception cref="TlsFilesException">There is none, or one cannot be read.</exception>
    internal static X509Certificate2Collection ReadAuthorities(string path)
    {
        if (!Directory.Exists(path))
        {
            return ReadCertificates(path, "ClientCaFile");
        }

        var all = new X509Certificate2Collection();
        var seen = new HashSet<string>(StringComparer.Ordinal);         // a directory prepared by c_rehash has each file twice
        foreach (var file in Directory.EnumerateFiles(path).Where(IsCertificateFile).Order(StringComparer.Ordinal))
        {
            foreach (var certificate in ReadCertificates(file, "ClientCaFile").Where(certificate => seen.Add(certificate.Thumbprint)))
            {
                all.Add(certificate);
            }
        }

        return all.Count > 0 ? all : throw new TlsFilesException($"ClientCaFile {path}: no file of this directory holds a PEM certificate.");
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="TlsFilesException">It cannot be read.</exception>
    internal static string ReadText(string path, string key)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TlsFilesException($"{key} {path}: {exception.Message}", exception);
        }
    }

    private static X509Certificate2Collection ReadCertificates(string path, string key)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(ReadText(path, key));
        }
        catch (CryptographicException exception)
        {
            throw new TlsFilesException($"{key} {path}: a certificate in it cannot be read: {exception.Message}", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new TlsFilesException($"{key} {path}: there is no certificate in it (-----BEGIN CERTIFICATE-----). See what it is: openssl x509 -in {path} -noout -text");
    }

    private static X509Certificate2 ReadPair(string certificateFile, string keyFile, string? keyPasswordFile)
    {
        var certificatePem = ReadText(certificateFile, "CertificateFile");
        var keyPem = ReadText(keyFile, "KeyFile");
        try
        {
            if (keyPasswordFile is null)
            {
                return X509Certificate2.CreateFromPem(certificatePem, keyPem);
            }

            var password = ReadText(keyPasswordFile, "KeyPasswordFile").Split('\n')[0].TrimEnd('\r');
            return X509Certificate2.CreateFromEncryptedPem(certificatePem, keyPem, password);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new TlsFilesException(Explain(certificateFile, keyFile, keyPem, keyPasswordFile, exception), exception);
        }
    }

    private static string Explain(string certificateFile, string keyFile, string keyPem, string? keyPasswordFile, Exception exception)
    {
        if (keyPem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            return $"KeyFile {keyFile}: encrypted in the old form of OpenSSL. Write it anew: openssl pkcs8 -topk8 -in {keyFile} -out NEW";
        }

        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            return keyPasswordFile is null
                ? $"KeyFile {keyFile}: it is encrypted. Name a file with its password in KeyPasswordFile."
                : $"KeyFile {keyFile}: the password in KeyPasswordFile {keyPasswordFile} does not open it.";
        }

        return keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            ? $"KeyFile {keyFile} does not belong to CertificateFile {certificateFile}: {exception.Message}"
            : $"KeyFile {keyFile}: there is no private key in it (-----BEGIN PRIVATE KEY-----).";
    }

    private static bool IsCertificateFile(string path) =>
        ReadText(path, "ClientCaFile").Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
}
