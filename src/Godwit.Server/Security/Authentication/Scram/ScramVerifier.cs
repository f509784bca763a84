using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Godwit.Server.Security.Authentication.Scram;

/// <summary>
/// What the server keeps of a password for SCRAM (RFC 5802 §3): who steals it can pretend to be the server, and has to try passwords to be the
/// client. As text <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c>, Base64, as PostgreSQL writes it.
/// </summary>
public sealed class ScramVerifier
{
    /// <summary>Iterations of a verifier that we make; the client has to compute them, so a small device needs fewer.</summary>
    public const int DefaultIterations = 15_000;

    private const int SaltBytes = 16;
    private const int SaltBytesMin = 8;
    private const int SaltBytesMax = 64;
    private const int IterationsMin = 4_096;                // RFC 7677 §4
    private const int IterationsMax = 100_000_000;

    private ScramVerifier(ScramMethod method, int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) =>
        (Method, Iterations, Salt, StoredKey, ServerKey) = (method, iterations, salt, storedKey, serverKey);

    /// <summary>The mechanism.</summary>
    public ScramMethod Method { get; }

    internal int Iterations { get; }

    internal byte[] Salt { get; }

    internal byte[] StoredKey { get; }

    internal byte[] ServerKey { get; }

    /// <summary>Makes the verifier of a password with a new salt.</summary>
    /// <param name="method">The mechanism.</param>
    /// <param name="password">UTF-8, used as it is.</param>
    /// <param name="iterations">At least 4096.</param>
    public static ScramVerifier Create(ScramMethod method, ReadOnlySpan<byte> password, int iterations = DefaultIterations) =>
        Create(method, password, iterations, RandomNumberGenerator.GetBytes(SaltBytes));

    /// <summary>Reads the text of a verifier.</summary>
    /// <param name="text">Without the user name.</param>
    /// <param name="verifier">Null when there is an error.</param>
    /// <param name="error">What is wrong, without anything of the text; empty when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScramVerifier? verifier, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        verifier = null;
        error = "";
        if (text.Split('$') is not [var name, var costs, var keys] || costs.Split(':') is not [var count, var saltText] || keys.Split(':') is not [var storedText, var serverText])
        {
            error = "a verifier is SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey";
        }
        else if (ScramMethod.Find(name) is not { } method)
        {
            error = "the mechanism is not SCRAM-SHA-256 or SCRAM-SHA-512";
        }
        else if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < IterationsMin or > IterationsMax)
        {
            error = "the number of iterations is not a number from 4096 to 100000000";
        }
        else if (Decode(saltText) is not { Length: >= SaltBytesMin and <= SaltBytesMax } salt)
        {
            error = "the salt is not Base64 of 8 to 64 bytes";
        }
        else if (Decode(storedText) is not { } stored || Decode(serverText) is not { } server || stored.Length != method.HashBytes || server.Length != method.HashBytes)
        {
            error = "a key is not Base64 of as many bytes as the hash has";
        }
        else
        {
            verifier = new ScramVerifier(method, iterations, salt, stored, server);
        }

        return verifier is not null;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public string Encode() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Method.Name}${Iterations}:{Convert.ToBase64String(Salt)}${Convert.ToBase64String(StoredKey)}:{Convert.ToBase64String(ServerKey)}");

    /// <summary>Never shows the keys.</summary>
    public override string ToString() => Method.Name;

    internal static ScramVerifier Create(ScramMethod method, ReadOnlySpan<byte> password, int iterations, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, method.Hash, method.HashBytes);
        return new ScramVerifier(method, iterations, salt, method.Digest(method.Hmac(salted, "Client Key"u8)), method.Hmac(salted, "Server Key"u8));
    }

    /// <summary>The verifier of a user who does not exist: the same salt each time, and no password.</summary>
    internal static ScramVerifier Nobody(ScramMethod method, byte[] salt) =>
        new(method, DefaultIterations, salt, RandomNumberGenerator.GetBytes(method.HashBytes), RandomNumberGenerator.GetBytes(method.HashBytes));

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
