using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Godwit.Server.Security.Authentication.Scram;

/// <summary>
/// The server's side of one exchange (RFC 5802 §5): <see cref="TryBegin"/> with the first message of the client, <see cref="Challenge"/> to it,
/// <see cref="TryFinish"/> with its proof. Not for several threads.
/// </summary>
internal sealed class ScramServer
{
    private const int NonceBytes = 18;
    private const int MessageBytesMax = 4_096;

    private readonly ScramMethod _method;
    private readonly string _header;
    private readonly string _clientFirst;
    private readonly string _nonce;
    private string _serverFirst = "";
    private ScramVerifier? _verifier;

    private ScramServer(ScramMethod method, string header, string clientFirst, string userName, string nonce) =>
        (_method, _header, _clientFirst, UserName, _nonce) = (method, header, clientFirst, userName, nonce);

    /// <summary>Who the client says it is.</summary>
    internal string UserName { get; }

    /// <summary>Reads <c>n,,n=user,r=nonce</c>.</summary>
    /// <param name="method">The mechanism.</param>
    /// <param name="message">The first message of the client.</param>
    /// <param name="serverNonce">Null: a random one.</param>
    /// <returns>Null: it is not well formed, or wants channel binding, another identity, or an extension.</returns>
    internal static ScramServer? TryBegin(ScramMethod method, ReadOnlySpan<byte> message, string? serverNonce = null)
    {
        if (message.Length > MessageBytesMax || TextOf(message) is not { } text || text.Split(',') is not [var flag, var authorization, var user, var nonce])
        {
            return null;
        }

        if (flag is not ("n" or "y") || authorization.Length > 0 || !user.StartsWith("n=", StringComparison.Ordinal) || !IsNonce(nonce) || Unescape(user[2..]) is not { Length: > 0 } userName)
        {
            return null;
        }

        var ours = serverNonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        return new ScramServer(method, $"{flag},,", $"{user},{nonce}", userName, nonce[2..] + ours);
    }

    /// <summary>The server's first message: <c>r=nonce,s=salt,i=iterations</c>.</summary>
    internal byte[] Challenge(ScramVerifier verifier)
    {
        _verifier = verifier;
        _serverFirst = string.Create(CultureInfo.InvariantCulture, $"r={_nonce},s={Convert.ToBase64String(verifier.Salt)},i={verifier.Iterations}");
        return Encoding.UTF8.GetBytes(_serverFirst);
    }

    /// <summary>Judges <c>c=header,r=nonce,p=proof</c>.</summary>
    /// <param name="message">The last message of the client.</param>
    /// <param name="last">The server's last message, <c>v=signature</c>, which proves that it knows the verifier.</param>
    internal bool TryFinish(ReadOnlySpan<byte> message, out byte[] last)
    {
        last = [];
        if (_verifier is null || message.Length > MessageBytesMax || TextOf(message) is not { } text || text.Split(',') is not [var channel, var nonce, var proofText])
        {
            return false;
        }

        var proof = new byte[proofText.Length];
        if (!string.Equals(channel, $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(_header))}", StringComparison.Ordinal)
            || !string.Equals(nonce, $"r={_nonce}", StringComparison.Ordinal)
            || !proofText.StartsWith("p=", StringComparison.Ordinal)
            || proofText.AsSpan().ContainsAny(" \t\r\n")           // would be skipped
            || !Convert.TryFromBase64String(proofText[2..], proof, out var length)
            || length != _method.HashBytes)
        {
            return false;
        }

        var all = Encoding.UTF8.GetBytes($"{_clientFirst},{_serverFirst},{channel},{nonce}");
        var signature = _method.Hmac(_verifier.StoredKey, all);
        for (var i = 0; i < length; i++)
        {
            proof[i] ^= signature[i];
        }

        last = Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(_method.Hmac(_verifier.ServerKey, all))}");
        return CryptographicOperations.FixedTimeEquals(_method.Digest(proof.AsSpan(0, length)), _verifier.StoredKey);
    }

    private static string? TextOf(ReadOnlySpan<byte> message) => System.Text.Unicode.Utf8.IsValid(message) ? Encoding.UTF8.GetString(message) : null;

    private static bool IsNonce(string part) =>
        part.Length > 2 && part.StartsWith("r=", StringComparison.Ordinal) && part.All(character => character is > ' ' and < '\x7F');

    /// <summary><c>=2C</c> is a comma and <c>=3D</c> an equals sign; null: another <c>=</c>.</summary>
    private static string? Unescape(string name)
    {
        var plain = name.Replace("=2C", "", StringComparison.Ordinal).Replace("=3D", "", StringComparison.Ordinal);
        return plain.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)
            ? null
            : name.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
    }
}
