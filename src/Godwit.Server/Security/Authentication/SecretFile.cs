using System.Text;

namespace Godwit.Server.Security.Authentication;

/// <summary>Reads files that hold secrets.</summary>
internal static class SecretFile
{
    private const int SecretBytesMax = 64 << 10;

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="bytesMax">A larger one is an error.</param>
    /// <param name="what">What it is, for errors.</param>
    /// <exception cref="AuthenticationFileException">It cannot be read.</exception>
    internal static byte[] Read(string path, int bytesMax, string what)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > bytesMax)
            {
                throw new AuthenticationFileException([$"{path}: the {what} has more than {bytesMax} bytes"]);
            }

            using var content = new MemoryStream();
            file.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new AuthenticationFileException([$"{path}: the {what} cannot be read: {exception.Message}"]);
        }
    }

    /// <summary>The first line of a file, without the line break: a password, a token.</summary>
    /// <exception cref="AuthenticationFileException">It cannot be read, or is empty.</exception>
    internal static string ReadLine(string path, string what)
    {
        var text = Encoding.UTF8.GetString(Read(path, SecretBytesMax, what));
        var line = text.Split('\n')[0].TrimEnd('\r');
        return line.Length > 0 ? line : throw new AuthenticationFileException([$"{path}: the {what} is empty"]);
    }

    /// <summary>Everybody on this machine may read the file.</summary>
    internal static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0;
}
