using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Godwit.Cli.Commands;

namespace Godwit.Cli.Clients;

/// <summary>Reads certificates that flags name. What cannot be used is a usage error that names the file.</summary>
internal static class TlsFiles
{
    /// <summary>The CAs in a PEM file, or in all files of a directory.</summary>
    /// <exception cref="UsageException">It cannot be read, or holds no certificate.</exception>
    internal static X509Certificate2Collection Authorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            foreach (var file in Directory.Exists(path) ? Directory.GetFiles(path) : [path])
            {
                authorities.ImportFromPemFile(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"the CA certificates in {path} cannot be read: {exception.Message}");
        }

        return authorities.Count > 0 ? authorities : throw new UsageException($"{path} holds no certificate in PEM.");
    }

    /// <summary>A certificate with its key; null when neither is named.</summary>
    /// <exception cref="UsageException">One is missing, cannot be read, or they do not belong together.</exception>
    internal static X509Certificate2? Certificate(string? file, string? keyFile)
    {
        if (file is null != keyFile is null)
        {
            throw new UsageException("--cert and --key belong together.");
        }

        try
        {
            return file is null ? null : X509Certificate2.CreateFromPemFile(file, keyFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"the certificate {file} with the key {keyFile} cannot be used: {exception.Message}");
        }
    }
}
