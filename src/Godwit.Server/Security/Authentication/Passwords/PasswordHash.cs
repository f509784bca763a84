using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Godwit.Server.Security.Authentication.Guards;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>A salted hash of a password, as a line of a password file has it behind the colon. Immutable.</summary>
public abstract class PasswordHash
{
    private StrongBox<SecretDigest>? _fingerprint;

    /// <summary>Tells this hash from every other.</summary>
    internal SecretDigest Fingerprint => (_fingerprint ??= new StrongBox<SecretDigest>(SecretDigest.Of(Encode()))).Value;

    /// <summary>Reads a hash in one of Mosquitto's forms: <c>$6$</c>, <c>$7$</c>, <c>$argon2id$</c>.</summary>
    /// <param name="text">Without the user name and the colon.</param>
    /// <param name="hash">The hash; null when there is an error.</param>
    /// <param name="error">What is wrong, without anything of the text; empty when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PasswordHash? hash, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        hash = null;
        error = "";
        if (text.StartsWith(Sha512Hash.Prefix, StringComparison.Ordinal))
        {
            return Sha512Hash.TryRead(text, out hash, out error);
        }

        if (text.StartsWith(Pbkdf2Hash.Prefix, StringComparison.Ordinal))
        {
            return Pbkdf2Hash.TryRead(text, out hash, out error);
        }

        if (text.StartsWith(Argon2Hash.Prefix, StringComparison.Ordinal))
        {
            return Argon2Hash.TryRead(text, out hash, out error);
        }

        error = text.StartsWith('$')
            ? "the hash is of a kind that is not known ($6$, $7$ and $argon2id$ are)"
            : "the password is not hashed; hash the whole file with: godwit passwd -U FILE";
        return false;
    }

    /// <summary>Is this the password? Takes the same time whether it is or not; tens of milliseconds for the strong kinds.</summary>
    /// <param name="password">Any bytes.</param>
    public abstract bool Verify(ReadOnlySpan<byte> password);

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public abstract string Encode();

    /// <summary>A hash of the same kind and costs that no password has: it takes the same time to find that out.</summary>
    internal abstract PasswordHash Blank();

    /// <summary>Names the kind and never shows the hash.</summary>
    public abstract override string ToString();

    /// <summary>Standard Base64, with or without its padding.</summary>
    /// <param name="text">Base64.</param>
    /// <param name="shortest">Fewest bytes.</param>
    /// <param name="longest">Most bytes.</param>
    /// <param name="isPadded">Whether the padding stands there.</param>
    private protected static byte[]? Decode(string text, int shortest, int longest, bool isPadded = true)
    {
        if (text.AsSpan().ContainsAny(" \t\r\n") || (!isPadded && text.Contains('=', StringComparison.Ordinal)))
        {
            return null;
        }

        var padded = isPadded ? text : text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length) && length >= shortest && length <= longest ? bytes[..length] : null;
    }
}
