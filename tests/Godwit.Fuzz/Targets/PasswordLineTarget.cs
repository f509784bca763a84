using System.Text;
using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Security.Authentication.Scram;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// Hashes of password files and verifiers of SCRAM: read, or refused with words that repeat nothing of them; what was read is written and read
/// back; and no hash is that of every password. The lines of an input are hashes.
/// </summary>
internal sealed class PasswordLineTarget : TextTarget
{
    private const int QuotedMax = 16;
    private const string Forms = "an Argon2 hash is $argon2id$v=19$m=...\na verifier is SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey\nis not SCRAM-SHA-256 or SCRAM-SHA-512";

    public override string Name => "password-line";

    public override int InputBytesMax => 400;

    public override long AllocatedBytesMax(int inputSize) => 20_000 + (400L * inputSize);

    protected override int WordsMax => 12;

    protected override IReadOnlyList<string> Words { get; } =
    [
        "$", "$6$", "$7$", "$7$101$", "$argon2id$", "$argon2id$v=19$", "m=64,t=2,p=2$", "m=", ",t=", ",p=", "v=16$", "0", "1", "-1", "4096", "99999999999", "AAAAAAAAAAAAAAAA", "AAAA", "=", "==", " ", "\t", "\n", ":",
        "SCRAM-SHA-256$4096:", "SCRAM-SHA-512$", "AQIDBAUGBwg=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", new string('A', 86), "é", "alice:",
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        foreach (var line in Encoding.UTF8.GetString(input).Split('\n'))
        {
            if (PasswordHash.TryParse(line, out var hash, out var error))
            {
                Require(PasswordHash.TryParse(hash.Encode(), out var again, out _) && again.Encode() == hash.Encode(), "what was read is not read back");
                Require(!hash.ToString()!.Contains(line, StringComparison.Ordinal), "a hash is shown");
            }

            CheckError(line, hash is not null, error);
            var isVerifier = ScramVerifier.TryParse(line, out var verifier, out error);
            Require(!isVerifier || (ScramVerifier.TryParse(verifier!.Encode(), out var second, out _) && second.Encode() == verifier.Encode()), "what was read is not read back");
            CheckError(line, isVerifier, error);
        }
    }

    private static void CheckError(string line, bool isRead, string error)
    {
        Require(isRead == (error.Length == 0), "it is refused without words");
        for (var at = 0; !isRead && at + QuotedMax <= line.Length; at++)
        {
            var part = line.AsSpan(at, QuotedMax);
            Require(!error.AsSpan().Contains(part, StringComparison.Ordinal) || IsOurs(part), "an error repeats what may be a password");
        }
    }

    /// <summary>The form of a line, which every error may show.</summary>
    private static bool IsOurs(ReadOnlySpan<char> part) => Forms.AsSpan().Contains(part, StringComparison.Ordinal);
}
