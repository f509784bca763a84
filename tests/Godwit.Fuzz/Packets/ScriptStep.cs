using System.Buffers.Binary;

namespace Godwit.Fuzz.Packets;

/// <summary>
/// One step of a script with a few connections. On the wire of a corpus: a byte with the connection in its two lowest bits and the kind
/// in the next three, a two-byte number, and with Data that many bytes.
/// </summary>
/// <param name="Connection">0 to 3.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Number">Wait: quarters of a second; Room: bytes; else 0.</param>
/// <param name="Bytes">Data: what arrives; else empty.</param>
internal sealed record ScriptStep(int Connection, ScriptStepKind Kind, int Number, byte[] Bytes)
{
    public const int Connections = 4;

    /// <summary>Three of the eight codes are Data, so that random bytes are mostly that.</summary>
    private static readonly ScriptStepKind[] Kinds =
    [
        ScriptStepKind.Data, ScriptStepKind.Drop, ScriptStepKind.Wait, ScriptStepKind.Room, ScriptStepKind.ReadOn,
        ScriptStepKind.Data, ScriptStepKind.Data, ScriptStepKind.Data,
    ];

    public static ScriptStep Data(int connection, byte[] bytes) => new(connection, ScriptStepKind.Data, 0, bytes);

    /// <summary>The steps of any bytes: a step that is cut short has what is there.</summary>
    public static List<ScriptStep> Read(ReadOnlySpan<byte> script)
    {
        var steps = new List<ScriptStep>();
        while (script.Length >= 3)
        {
            var kind = Kinds[(script[0] >> 2) & 7];
            var number = BinaryPrimitives.ReadUInt16BigEndian(script[1..]);
            var size = kind == ScriptStepKind.Data ? Math.Min(number, script.Length - 3) : 0;
            steps.Add(new ScriptStep(script[0] & 3, kind, kind == ScriptStepKind.Data ? 0 : number, script.Slice(3, size).ToArray()));
            script = script[(3 + size)..];
        }

        return steps;
    }

    /// <summary>The step as bytes.</summary>
    public byte[] Write()
    {
        var number = Kind == ScriptStepKind.Data ? Bytes.Length : Number;
        return [(byte)(Connection | (Array.IndexOf(Kinds, Kind) << 2)), (byte)(number >> 8), (byte)number, .. Bytes];
    }
}
