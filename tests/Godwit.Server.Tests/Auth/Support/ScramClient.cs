using System.Security.Cryptography;
using System.Text;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Tests.Auth.Support;

/// <summary>The client's side, written from the RFC and not from the server.</summary>
internal sealed class ScramClient(string method, string user, string password) : IAuthenticationExchange
{
    private readonly HashAlgorithmName _hash = method.EndsWith("256", StringComparison.Ordinal) ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;
    private readonly string _first = $"n={user},r=fyko+d2lbbFgONRv9qkxdawL";
    private byte[] _serverSignature = [];

    public bool GoesAway { get; init; }

    public string Salt { get; private set; } = "";

    /// <summary>Its first message.</summary>
    public byte[] First => Encoding.UTF8.GetBytes("n,," + _first);

    public AuthenticationRequest Request(AuthWorld world) =>
        world.Request(user: null, password: null) with { Method = method, Data = First, Exchange = this };

    public bool IsServerProved(ReadOnlyMemory<byte> last) => Encoding.UTF8.GetString(last.Span) == $"v={Convert.ToBase64String(_serverSignature)}";

    public ValueTask<ReadOnlyMemory<byte>?> ContinueAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        if (GoesAway)
        {
            return ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);
        }

        var challenge = Encoding.UTF8.GetString(data.Span);
        var parts = challenge.Split(',');
        Salt = parts[1][2..];
        var bytes = _hash == HashAlgorithmName.SHA256 ? 32 : 64;
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Convert.FromBase64String(Salt), int.Parse(parts[2][2..], System.Globalization.CultureInfo.InvariantCulture), _hash, bytes);
        var clientKey = CryptographicOperations.HmacData(_hash, salted, "Client Key"u8);
        var withoutProof = $"c=biws,{parts[0]}";
        var all = Encoding.UTF8.GetBytes($"{_first},{challenge},{withoutProof}");
        var signature = CryptographicOperations.HmacData(_hash, CryptographicOperations.HashData(_hash, clientKey), all);
        _serverSignature = CryptographicOperations.HmacData(_hash, CryptographicOperations.HmacData(_hash, salted, "Server Key"u8), all);
        var proof = clientKey.Zip(signature, (key, sign) => (byte)(key ^ sign)).ToArray();
        return ValueTask.FromResult<ReadOnlyMemory<byte>?>(Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}"));
    }
}
