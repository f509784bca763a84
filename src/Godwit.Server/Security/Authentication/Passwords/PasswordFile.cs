using System.Text;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>
/// The users of a password file in Mosquitto's format: a line for each, <c>user:hash</c>; blank lines and lines that begin with <c>#</c>
/// say nothing. Immutable; a reload makes a new one.
/// </summary>
public sealed class PasswordFile
{
    /// <summary>Characters of the longest user name: what CONNECT can hold.</summary>
    internal const int UserNameBytesMax = ushort.MaxValue;

    private const int FileBytesMax = 256 << 20;             // 1,000,000 users have 110 MB

    private PasswordFile(string path, byte[] content, Dictionary<string, PasswordHash> users) => (Path, Content, Users) = (path, content, users);

    /// <summary>Where it was read.</summary>
    public string Path { get; }

    /// <summary>User name to hash.</summary>
    public IReadOnlyDictionary<string, PasswordHash> Users { get; }

    /// <summary>The bytes of the file; the same bytes are the same users.</summary>
    internal byte[] Content { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="AuthenticationFileException">It cannot be read, or not understood: every error with file and line.</exception>
    public static PasswordFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var content = SecretFile.Read(path, FileBytesMax, "password file");
        var errors = new List<string>();
        var users = Parse(path, content, errors);
        return errors.Count == 0 ? new PasswordFile(path, content, users) : throw new AuthenticationFileException(errors);
    }

    private static Dictionary<string, PasswordHash> Parse(string path, byte[] content, List<string> errors)
    {
        var users = new Dictionary<string, PasswordHash>(StringComparer.Ordinal);
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException)
        {
            errors.Add($"{path}: the password file is not UTF-8");
            return users;
        }

        var lineNumber = 0;
        foreach (var raw in text.Split('\n'))
        {
            lineNumber++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            // The line may hold a password that is not hashed yet, so no error repeats it.
            var error = ParseLine(line, users);
            if (error.Length > 0)
            {
                errors.Add($"{path}:{lineNumber}: {error}");
            }
        }

        return users;
    }

    private static string ParseLine(string line, Dictionary<string, PasswordHash> users)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return "there is no colon; a line is user:hash";
        }

        var user = line[..colon].Trim();
        if (user.Length == 0)
        {
            return "there is no user name before the colon";
        }

        if (Encoding.UTF8.GetByteCount(user) > UserNameBytesMax)
        {
            return "the user name is longer than CONNECT can hold";
        }

        if (!PasswordHash.TryParse(line[(colon + 1)..].Trim(), out var hash, out var error))
        {
            return $"user {Quoted(user)}: {error}";
        }

        return users.TryAdd(user, hash) ? "" : $"user {Quoted(user)} stands there twice";
    }

    private static string Quoted(string user) => $"\"{Logging.Printable.Escape(user)}\"";
}
