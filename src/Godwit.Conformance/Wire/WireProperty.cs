using System.Text;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Wire;

/// <summary>One property of a packet that a check sends, already encoded; it may be wrong on purpose.</summary>
/// <param name="Encoded">Identifier and value as they go on the wire.</param>
public readonly record struct WireProperty(byte[] Encoded)
{
    /// <summary>A number in the width of its property.</summary>
    public static WireProperty Number(PropertyId id, uint value)
    {
        using var writer = new PropertyWriter(stackalloc byte[8]);
        writer.Add(id, value);
        return new WireProperty(writer.Block.Bytes.ToArray());
    }

    /// <summary>A string.</summary>
    public static WireProperty Text(PropertyId id, string value) => Binary(id, Encoding.UTF8.GetBytes(value));

    /// <summary>Binary data, or the bytes of a string that need not be UTF-8.</summary>
    public static WireProperty Binary(PropertyId id, ReadOnlySpan<byte> value)
    {
        using var writer = new PropertyWriter([]);
        writer.Add(id, value);
        return new WireProperty(writer.Block.Bytes.ToArray());
    }

    /// <summary>A User Property.</summary>
    public static WireProperty User(string name, string value)
    {
        using var writer = new PropertyWriter([]);
        writer.AddUserProperty(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        return new WireProperty(writer.Block.Bytes.ToArray());
    }

    /// <summary>Any bytes, right or wrong.</summary>
    public static WireProperty Raw(params byte[] bytes) => new(bytes);
}
