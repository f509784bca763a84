using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Models;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Packets;

/// <summary>Makes properties whose values stand at an edge: legal ones mostly.</summary>
internal static class PropertyMaker
{
    private static readonly byte[][] Texts =
    [
        [], [.. "a"u8], [.. "a/b"u8], [.. "+"u8], [.. "a/#"u8], [.. "温"u8], [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xE2, 0x82], [.. Enumerable.Repeat((byte)'x', 300)],
    ];

    /// <summary>Identifier and value of some property.</summary>
    public static byte[] Any(FuzzRandom random) => Encode(random.Pick(PropertyTable.All), random);

    /// <summary>One that may stand here, with a legal value unless the dice say otherwise.</summary>
    public static byte[] AllowedIn(string place, FuzzRandom random)
    {
        var lines = PropertyTable.All.Where(line => line.Places.Contains(place, StringComparer.Ordinal)).ToList();
        return Encode(random.Pick(lines), random);
    }

    /// <summary>Identifier and value of one line of the table.</summary>
    public static byte[] Encode(PropertyLine line, FuzzRandom random) => line.Type switch
    {
        "byte" => [(byte)line.Id, (byte)Number(line, random)],
        "two" => [(byte)line.Id, .. BigEndian(Number(line, random), 2)],
        "four" => [(byte)line.Id, .. BigEndian(Number(line, random), 4)],
        "variable" => [(byte)line.Id, .. Raw.VariableByteInteger((int)Math.Min(Number(line, random), 0xFFFFFFF))],
        "pair" => [(byte)line.Id, .. Text(random), .. Text(random)],
        _ => [(byte)line.Id, .. Text(random)],
    };

    /// <summary>A two-byte length and its bytes; four in five are legal.</summary>
    private static byte[] Text(FuzzRandom random) =>
        Raw.String(random.OneIn(5) ? random.Pick(Texts) : random.Pick(Texts[..3]));

    private static uint Number(PropertyLine line, FuzzRandom random) => random.Below(8) switch
    {
        0 => line.Minimum,
        1 => line.Maximum,
        2 => line.Maximum == uint.MaxValue ? line.Maximum : line.Maximum + 1,
        3 => line.Minimum == 0 ? 0 : line.Minimum - 1,
        _ => line.Minimum + (uint)random.Below((int)Math.Min(20, (long)line.Maximum - line.Minimum + 1)),
    };

    private static byte[] BigEndian(uint value, int size)
    {
        byte[] bytes = [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
        return bytes[(4 - size)..];
    }
}
