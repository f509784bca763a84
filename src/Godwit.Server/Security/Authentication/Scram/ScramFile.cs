using System.Text;

namespace Godwit.Server.Security.Authentication.Scram;

/// <summary>
/// The users of a file of verifiers: a line for each, <c>user:verifier</c>; a user may have one for each mechanism. Blank lines and lines that
/// begin with <c>#</c> say nothing. Immutable.
/// </summary>
public sealed class ScramFile
{
    private const int FileBytesMax = 256 << 20;

    private readonly Dictionary<(string User, string Method), ScramVerifier> _users;

    private ScramFile(Dictionary<(string User, string Method), ScramVerifier> users) => _users = users;

    /// <summary>Verifiers.</summary>
    public int Count => _users.Count;

    /// <summary>Reads a file.</summary>
    /// <exception cref="AuthenticationFileException">It cannot be read, or not understood: every error with file and line.</exception>
    public static ScramFile Read(string path)
    {
        var text = Encoding.UTF8.GetString(SecretFile.Read(path, FileBytesMax, "file of verifiers"));
        var users = new Dictionary<(string, string), ScramVerifier>();
        var errors = new List<string>();
        var lineNumber = 0;
        foreach (var raw in text.Split('\n'))
        {
            lineNumber++;
            var line = raw.Trim();
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (colon <= 0)
            {
                errors.Add($"{path}:{lineNumber}: a line is user:verifier");
            }
            else if (!ScramVerifier.TryParse(line[(colon + 1)..].Trim(), out var verifier, out var error))
            {
                errors.Add($"{path}:{lineNumber}: {error}");
            }
            else if (!users.TryAdd((line[..colon].Trim(), verifier.Method.Name), verifier))
            {
                errors.Add($"{path}:{lineNumber}: the user stands there twice with {verifier.Method.Name}");
            }
        }

        return errors.Count == 0 ? new ScramFile(users) : throw new AuthenticationFileException(errors);
    }

    /// <summary>Every user with each of its verifiers, as text.</summary>
    internal IEnumerable<(string UserName, string Verifier)> Logins => _users.Select(entry => (entry.Key.User, entry.Value.Encode()));

    /// <summary>A user has this verifier.</summary>
    internal bool Has((string UserName, string Verifier) login) =>
        new[] { ScramMethod.Sha256, ScramMethod.Sha512 }.Any(method => string.Equals(Find(login.UserName, method)?.Encode(), login.Verifier, StringComparison.Ordinal));

    /// <summary>Finds a user; null: there is none with this mechanism.</summary>
    internal ScramVerifier? Find(string user, ScramMethod method) => _users.GetValueOrDefault((user, method.Name));
}
