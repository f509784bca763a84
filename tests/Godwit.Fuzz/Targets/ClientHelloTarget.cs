using Godwit.Fuzz.Engine;
using Godwit.Server.Listeners.Tls;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// The first record of a TLS client, in which the broker looks for a protocol: how many bytes are needed does not depend on how many have come, and
/// the answer is that of a model that goes through the message with an index.
/// </summary>
internal sealed class ClientHelloTarget : TextTarget
{
    public override string Name => "client-hello";

    public override long AllocatedBytesMax(int inputSize) => 1_000;

    protected override IReadOnlyList<string> Words { get; } = ["mqtt", "\u0004mqtt", "h2", "\u0002h2", "\u0016\u0003\u0001", "\u0000\u0010", "\u0000"];

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        if (random.OneIn(4))
        {
            return base.Make(random, corpus);
        }

        var extensions = new List<byte>();
        for (var count = random.Below(5); count > 0; count--)
        {
            extensions.AddRange(random.OneIn(2) ? [0, 16, .. Vector(2, Vector(2, MakeNames(random)))] : [0, random.Byte(), .. Vector(2, random.Bytes(random.Below(9)))]);
        }

        byte[] body = [3, 3, .. random.Bytes(32), .. Vector(1, random.Bytes(random.Below(33))), .. Vector(2, random.Bytes(2 * random.Below(9))), .. Vector(1, [0]), .. Vector(2, [.. extensions])];
        byte[] message = [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        List<byte> record = [22, 3, 1, .. Vector(2, message)];
        if (random.OneIn(2))
        {
            ByteMutator.Mutate(record, random, corpus);
        }

        return [.. record];
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var needed = ClientHello.SizeNeeded(input);
        for (var length = 0; length <= Math.Min(input.Length, 8); length++)
        {
            Require(ClientHello.SizeNeeded(input[..length]) == (length < 5 ? 5 : needed), "the size that is needed changes");
        }

        if (input.Length >= 5)
        {
            Require(needed == 0 || needed == 5 + (input[3] << 8) + input[4], "the size is not that of the record");
            Require(needed != 0 || input[0] != 22 || (input[3] << 8) + input[4] > 16 * 1024, "a record is passed over");
        }

        var record = needed > 5 && needed <= input.Length ? input[..needed] : input;
        Require(ClientHello.Offers(record, "mqtt"u8) == OffersMqtt(record), "the answer is not that of the model");
    }

    private static bool OffersMqtt(ReadOnlySpan<byte> record)
    {
        if (record.Length < 9 || record[5] != 1)
        {
            return false;
        }

        // Lengths of what is skipped: session id, suites, compression; then of the extensions.
        var at = 9 + 34;
        foreach (var size in (ReadOnlySpan<int>)[1, 2, 1])
        {
            at += size + Number(record, at, size);
        }

        var end = at + 2 + Number(record, at, 2);
        if (at + 2 > record.Length || end > record.Length)
        {
            return false;
        }

        for (at += 2; at + 4 <= end; at += 4 + Number(record, at + 2, 2))
        {
            var size = Number(record, at + 2, 2);
            if (at + 4 + size > end)
            {
                return false;
            }

            if (Number(record, at, 2) == 16)
            {
                return size >= 2 && 2 + Number(record, at + 4, 2) <= size && HasName(record.Slice(at + 6, Number(record, at + 4, 2)));
            }
        }

        return false;
    }

    private static bool HasName(ReadOnlySpan<byte> names)
    {
        for (var at = 0; at < names.Length; at += 1 + names[at])
        {
            if (names[at] == 4 && at + 5 <= names.Length && names.Slice(at + 1, 4).SequenceEqual("mqtt"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Beyond the end: so large that nothing fits.</summary>
    private static int Number(ReadOnlySpan<byte> bytes, int at, int size) =>
        at + size > bytes.Length ? 1 << 20 : size == 1 ? bytes[at] : (bytes[at] << 8) | bytes[at + 1];

    private static byte[] MakeNames(FuzzRandom random)
    {
        var names = new List<byte>();
        for (var count = random.Below(4); count > 0; count--)
        {
            names.AddRange(Vector(1, random.OneIn(2) ? "mqtt"u8.ToArray() : random.Bytes(random.Below(6))));
        }

        return [.. names];
    }

    private static byte[] Vector(int size, byte[] bytes) => size == 1 ? [(byte)bytes.Length, .. bytes] : [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
}
