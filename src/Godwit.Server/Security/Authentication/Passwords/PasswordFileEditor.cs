using System.Text;
using Godwit.Server.Security.Authentication.Scram;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>Changes a password file as <c>godwit passwd</c> does: comments and the order of the lines stay. Not for several threads.</summary>
public sealed class PasswordFileEditor
{
    private readonly string _path;
    private readonly List<string> _lines;

    private PasswordFileEditor(string path, List<string> lines) => (_path, _lines) = (path, lines);

    /// <summary>Begins an empty file; what was there is replaced by <see cref="Save"/>.</summary>
    /// <param name="path">Of the file.</param>
    public static PasswordFileEditor Create(string path) => new(path, []);

    /// <summary>Reads a file. Lines that cannot be understood are kept, except by <see cref="HashAll"/>.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="AuthenticationFileException">It cannot be read.</exception>
    public static PasswordFileEditor Open(string path)
    {
        var text = Encoding.UTF8.GetString(SecretFile.Read(path, int.MaxValue, "password file"));
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return new PasswordFileEditor(path, lines);
    }

    /// <summary>May this be a user name in a password file?</summary>
    /// <param name="user">As typed.</param>
    /// <returns>What is wrong with it; empty when nothing is.</returns>
    public static string ErrorIn(string user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return user switch
        {
            "" => "The user name is empty.",
            _ when user.Contains(':', StringComparison.Ordinal) => "The user name must not contain the ':' character.",
            _ when user.Any(char.IsControl) => "The user name must not contain control characters.",
            _ when user[0] == '#' => "The user name must not begin with '#': that is a comment.",
            _ when user.Trim().Length != user.Length => "The user name must not begin or end with a blank.",
            _ when Encoding.UTF8.GetByteCount(user) > PasswordFile.UserNameBytesMax => "The user name must not have more than 65535 bytes.",
            _ => "",
        };
    }

    /// <summary>Adds a user, or changes the password of one.</summary>
    /// <param name="user">Without an <see cref="ErrorIn"/>.</param>
    /// <param name="hash">Of the password.</param>
    public void Set(string user, PasswordHash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        Set(user, hash.Encode(), mark: "");
    }

    /// <summary>Adds a user to a file of verifiers, or changes the one of this mechanism; those of others stay.</summary>
    /// <param name="user">Without an <see cref="ErrorIn"/>.</param>
    /// <param name="verifier">Of the password.</param>
    public void Set(string user, ScramVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        Set(user, verifier.Encode(), mark: verifier.Method.Name + "$");
    }

    /// <summary>Changes the hash of a user when it is still the one that is known.</summary>
    /// <returns>False: the user is not there any more, or has another hash.</returns>
    internal bool TryReplace(string user, PasswordHash known, PasswordHash next)
    {
        var index = _lines.FindIndex(line => string.Equals(UserOf(line), user, StringComparison.Ordinal));
        if (index < 0
            || !PasswordHash.TryParse(_lines[index][(_lines[index].IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), out var there, out _)
            || there.Fingerprint != known.Fingerprint)
        {
            return false;
        }

        _lines[index] = $"{user}:{next.Encode()}";
        return true;
    }

    /// <summary>Removes a user.</summary>
    /// <param name="user">The user name.</param>
    /// <returns>False: it was not there.</returns>
    public bool Remove(string user) => _lines.RemoveAll(line => string.Equals(UserOf(line), user, StringComparison.Ordinal)) > 0;

    /// <summary>Hashes every password that stands there in plain text. Lines with a hash stay.</summary>
    /// <param name="hash">Hashes one password, UTF-8.</param>
    /// <returns>How many were hashed.</returns>
    /// <exception cref="AuthenticationFileException">A line has no colon, or no user name; nothing is changed.</exception>
    public int HashAll(Func<byte[], PasswordHash> hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        var errors = _lines.Select((line, index) => (line, index)).Where(item => IsUser(item.line) && UserOf(item.line) is not { Length: > 0 })
            .Select(item => $"{_path}:{item.index + 1}: a line is user:password").ToList();
        if (errors.Count > 0)
        {
            throw new AuthenticationFileException(errors);
        }

        var hashed = 0;
        for (var i = 0; i < _lines.Count; i++)
        {
            if (UserOf(_lines[i]) is { } user && _lines[i][(_lines[i].IndexOf(':', StringComparison.Ordinal) + 1)..] is var password
                && !PasswordHash.TryParse(password.Trim(), out _, out _) && !IsHash(password))
            {
                _lines[i] = $"{user}:{hash(Encoding.UTF8.GetBytes(password)).Encode()}";
                hashed++;
            }
        }

        return hashed;
    }

    /// <summary>
    /// Replaces the file at once: whoever reads it finds the old one or the new one. A new file is its owner's alone (0600); one that was
    /// there keeps owner and mode, without the rights of others.
    /// </summary>
    /// <exception cref="AuthenticationFileException">It cannot be written; what was there stays.</exception>
    public void Save() => AtomicFile.Write(_path, Encoding.UTF8.GetBytes(string.Concat(_lines.Select(line => line + "\n"))), "password file");

    private void Set(string user, string text, string mark)
    {
        var line = $"{user}:{text}";
        var index = _lines.FindIndex(candidate => string.Equals(UserOf(candidate), user, StringComparison.Ordinal)
            && candidate.AsSpan(candidate.IndexOf(':', StringComparison.Ordinal) + 1).TrimStart().StartsWith(mark, StringComparison.Ordinal));
        if (index < 0)
        {
            _lines.Add(line);
        }
        else
        {
            _lines[index] = line;
        }
    }

    private static bool IsUser(string line) => line.Trim() is { Length: > 0 } text && text[0] != '#';

    /// <summary>A hash that we do not know must not be hashed again.</summary>
    private static bool IsHash(string password) =>
        password.StartsWith(Sha512Hash.Prefix, StringComparison.Ordinal) || password.StartsWith(Pbkdf2Hash.Prefix, StringComparison.Ordinal)
        || password.StartsWith("$argon2", StringComparison.Ordinal);

    private static string? UserOf(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return IsUser(line) && colon >= 0 ? line[..colon].Trim() : null;
    }
}
