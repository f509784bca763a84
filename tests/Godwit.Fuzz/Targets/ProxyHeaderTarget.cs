using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Godwit.Fuzz.Engine;
using Godwit.Server.Listeners.Proxies;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// What a proxy says at the beginning of a connection, versions 1 and 2: cut at any byte it is incomplete or says the same; what stands behind it
/// changes nothing; an answer that was given stays; and who is who is what a plain model reads.
/// </summary>
internal sealed class ProxyHeaderTarget : TextTarget
{
    private static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    public override string Name => "proxy-header";

    public override int InputBytesMax => 600;

    /// <summary>It is read again for every length, and a line of 107 bytes is taken apart for some of them.</summary>
    public override long AllocatedBytesMax(int inputSize) => 20_000 + (4_000L * inputSize);

    protected override int WordsMax => 10;

    protected override IReadOnlyList<string> Words { get; } =
        ["PROXY ", "TCP4 ", "TCP6 ", "UNKNOWN", " ", "\r\n", "\r", "\n", "1.2.3.4 ", "::1 ", "::ffff:1.2.3.4 ", "65535", "65536", "0 ", "+1", "01", "1.2 ", "fe80::1%lo "];

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        if (random.OneIn(2))
        {
            return base.Make(random, corpus);
        }

        var header = MakeBinary(random);
        if (random.OneIn(3))
        {
            ByteMutator.Mutate(header, random, corpus);
        }

        return [.. header];
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var whole = ProxyHeader.TryRead(input, out var header, out var size);
        Require(whole != ProxyHeaderStatus.Complete || (size > 0 && size <= Math.Min(input.Length, ProxyHeader.SizeMax)), "the size is not that of a header in the input");
        var answered = false;
        for (var length = 0; length <= input.Length; length++)
        {
            var status = ProxyHeader.TryRead(input[..length], out var early, out var earlySize);
            if (status == ProxyHeaderStatus.Incomplete)
            {
                Require(!answered, "an answer was taken back");
                continue;
            }

            answered = true;
            Require(status == whole, $"{length} bytes are {status}, all of them {whole}");
            Require(status != ProxyHeaderStatus.Complete || (early == header && earlySize == size), $"{length} bytes say something else than all of them");
        }

        if (whole == ProxyHeaderStatus.Complete)
        {
            Require(!header.IsLocal || header is { Source: null }, "a client that is not named has an address");
            Require(header.CommonName is null or { Length: > 0 }, "an empty name");
            CheckSource(input[..size], header);
        }
    }

    private static void CheckSource(ReadOnlySpan<byte> bytes, in ProxyHeader header)
    {
        IPEndPoint? expected;
        if (bytes.StartsWith(Signature))
        {
            expected = (bytes[12] & 0x0F, bytes[13] >> 4) switch
            {
                (1, 1) => new IPEndPoint(new IPAddress(bytes[16..20]), BinaryPrimitives.ReadUInt16BigEndian(bytes[24..])),
                (1, 2) => new IPEndPoint(new IPAddress(bytes[16..32]), BinaryPrimitives.ReadUInt16BigEndian(bytes[48..])),
                _ => null,
            };
        }
        else
        {
            var words = Encoding.Latin1.GetString(bytes).TrimEnd('\r', '\n').Split(' ');
            expected = words[1] is "UNKNOWN" ? null : new IPEndPoint(IPAddress.Parse(words[2]), int.Parse(words[4], NumberStyles.None, CultureInfo.InvariantCulture));
        }

        Require(Equals(expected, header.Source), $"it is {header.Source}, and should be {expected}");
    }

    private static List<byte> MakeBinary(FuzzRandom random)
    {
        var family = random.Below(5);
        byte[] addresses = family switch { 1 => random.Bytes(12), 2 => random.Bytes(36), 3 => random.Bytes(216), _ => [] };
        var extras = new List<byte>();
        for (var count = random.Below(3); count > 0; count--)
        {
            extras.AddRange(random.OneIn(2) ? Extra(0x20, [(byte)random.Below(8), 0, 0, 0, random.OneIn(3) ? (byte)1 : (byte)0, .. Extra(0x22, MakeName(random))]) : Extra(random.Byte(), random.Bytes(random.Below(9))));
        }

        var length = addresses.Length + extras.Count + (random.OneIn(8) ? random.Between(-2, 2) : 0);
        return
        [
            .. Signature, (byte)(0x20 | random.Below(3)), (byte)((family << 4) | random.Below(3)), (byte)(length >> 8), (byte)length, .. addresses, .. extras, .. random.Bytes(random.Below(3)),
        ];
    }

    private static byte[] MakeName(FuzzRandom random) => random.OneIn(4) ? random.Bytes(random.Below(5)) : Encoding.UTF8.GetBytes(random.OneIn(2) ? "sensor 7" : "é");

    private static byte[] Extra(byte type, byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];
}
