namespace Godwit.Protocol.Tests.Support;

/// <summary>Puts raw packets together without the product's writers.</summary>
internal static class Raw
{
    /// <summary>First byte, Remaining Length, body.</summary>
    public static byte[] Packet(byte first, params byte[] body) => [first, .. VariableByteInteger(body.Length), .. body];

    /// <summary>A two-byte length and the bytes.</summary>
    public static byte[] String(params byte[] content) => [(byte)(content.Length >> 8), (byte)content.Length, .. content];

    /// <summary>Property Length and the properties.</summary>
    public static byte[] Block(params byte[] properties) => [.. VariableByteInteger(properties.Length), .. properties];

    public static byte[] VariableByteInteger(int value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value /= 128)
        {
            bytes.Add((byte)(128 + (value % 128)));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
