using System.Security.Cryptography;
using System.Text;
using Godwit.Fuzz.Engine;
using Godwit.Server.Security.Authentication.Scram;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// The two messages of a client that logs in with SCRAM, against a model of the client: the server lets in exactly the one whose proof is right. An
/// input is the first message, a line break, and the last one; where the last one says <c>PROOF</c>, the right one is put.
/// </summary>
internal sealed class ScramTarget : TextTarget
{
    private const string ServerNonce = "server";
    private static readonly byte[] Password = "secret"u8.ToArray();
    private static readonly byte[] Salt = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] Salted = Rfc2898DeriveBytes.Pbkdf2(Password, Salt, 4_096, HashAlgorithmName.SHA256, 32);
    private static readonly ScramVerifier Verifier = ScramVerifier.Create(ScramMethod.Sha256, Password, 4_096, Salt);

    public override string Name => "scram";

    public override long AllocatedBytesMax(int inputSize) => 40_000 + (200L * inputSize);

    protected override int WordsMax => 12;

    protected override IReadOnlyList<string> Words { get; } =
        ["n,,n=alice,r=abc\nc=biws,r=abcserver,p=PROOF", "n,,", "y,,", "p=tls-unique,,", "n=alice", ",", "=", "=2C", "=3D", "m=x,", "r=", "r=abc", "\n", "c=biws", "c=eSws", ",r=abcserver", ",p=PROOF", "p=", "AAAA", "\0", "é", " "];

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        if (random.OneIn(2))
        {
            return base.Make(random, corpus);
        }

        var nonce = new string([.. Enumerable.Range(0, random.Size(20)).Select(_ => (char)random.Between('!' , '~'))]).Replace(',', '.');
        var flag = random.OneIn(2) ? "n" : "y";
        return Encoding.UTF8.GetBytes($"{flag},,n=alice{random.Below(9)},r={nonce}\nc={(flag is "n" ? "biws" : "eSws")},r={nonce}server,p=PROOF");
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var end = input.IndexOf((byte)'\n');
        var first = end < 0 ? input : input[..end];
        var server = ScramServer.TryBegin(ScramMethod.Sha256, first, ServerNonce);
        Require(server is null or { UserName.Length: > 0 }, "nobody logs in");
        if (server is null)
        {
            return;
        }

        var challenge = Encoding.UTF8.GetString(server.Challenge(Verifier));
        Require(challenge.Contains(",s=AQIDBAUGBwg=,i=4096", StringComparison.Ordinal), "the challenge is not that of the verifier");
        var last = end < 0 ? [] : input[(end + 1)..].ToArray();
        var (proof, signature) = ClientOf(Encoding.UTF8.GetString(first), challenge, Encoding.UTF8.GetString(last));
        var message = Encoding.UTF8.GetString(last).Contains("PROOF", StringComparison.Ordinal)
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(last).Replace("PROOF", proof, StringComparison.Ordinal))
            : last;

        var isIn = server.TryFinish(message, out var answer);

        var expected = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(challenge[..0], HeaderOf(first))))},{challenge.Split(',')[0]},p={proof}";
        Require(isIn == (Encoding.UTF8.GetString(message) == expected), isIn ? "a wrong proof lets somebody in" : "the right proof lets nobody in");
        Require(!isIn || Encoding.UTF8.GetString(answer) == $"v={signature}", "the server does not prove itself");
    }

    private static string HeaderOf(ReadOnlySpan<byte> first) => Encoding.UTF8.GetString(first).Split(',')[0] + ",,";

    /// <summary>RFC 5802 §3, from the client's side.</summary>
    private static (string Proof, string Signature) ClientOf(string first, string challenge, string last)
    {
        var bare = first.Split(',', 3)[2];
        var withoutProof = last.Contains(",p=", StringComparison.Ordinal) ? last[..last.LastIndexOf(",p=", StringComparison.Ordinal)] : last;
        var all = Encoding.UTF8.GetBytes($"{bare},{challenge},{withoutProof}");
        var clientKey = HMACSHA256.HashData(Salted, "Client Key"u8);
        var clientSignature = HMACSHA256.HashData(SHA256.HashData(clientKey), all);
        var proof = clientKey.Zip(clientSignature, (a, b) => (byte)(a ^ b)).ToArray();
        return (Convert.ToBase64String(proof), Convert.ToBase64String(HMACSHA256.HashData(HMACSHA256.HashData(Salted, "Server Key"u8), all)));
    }
}
