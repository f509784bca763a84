using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Godwit.Cli.Commands;

/// <summary>The two files of a certificate, and those of the CA in the same directory.</summary>
/// <param name="directory">It has to be there.</param>
/// <param name="name">Without .pem and .key.</param>
internal sealed class CertificateFiles(string directory, string name)
{
    private string Certificate => Path.Combine(directory, name + ".pem");

    private string Key => Path.Combine(directory, name + ".key");

    /// <summary>Makes the certificate and writes both files; says which.</summary>
    /// <exception cref="IOException">A file is there already, or cannot be read or written.</exception>
    internal void Write(CertificateMaker maker)
    {
        foreach (var path in (string[])[Certificate, Key])
        {
            if (File.Exists(path))
            {
                throw new IOException($"{path} is there already and is not replaced: move it away, or say --out NAME.");
            }
        }

        using var authority = maker.IsAuthority ? null : ReadAuthority();
        var (certificate, key) = maker.Make(authority);
        Write(Key, key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Write(Certificate, certificate, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Console.WriteLine($"{Certificate}  the certificate");
        Console.WriteLine($"{Key}  its key, for nobody else");
    }

    private X509Certificate2 ReadAuthority()
    {
        var (certificate, key) = (Path.Combine(directory, "ca.pem"), Path.Combine(directory, "ca.key"));
        return File.Exists(certificate) && File.Exists(key)
            ? X509Certificate2.CreateFromPemFile(certificate, key)
            : throw new IOException($"there is no CA in {Path.GetFullPath(directory)} (ca.pem and ca.key): make one with godwit cert ca, or say --dir DIR.");
    }

    /// <summary>Writes a new file; with its permissions from the first moment on.</summary>
    private static void Write(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(text));
    }
}
