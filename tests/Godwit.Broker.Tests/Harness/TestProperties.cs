using System.Text;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Harness;

/// <summary>Properties for a packet that a test sends: <c>new TestProperties().Add(PropertyId.TopicAlias, 1)</c>.</summary>
public sealed class TestProperties
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    /// <summary>Session Expiry Interval alone.</summary>
    public static TestProperties Expiry(uint seconds) => new TestProperties().Add(PropertyId.SessionExpiryInterval, seconds);

    public TestProperties Add(PropertyId id, uint value)
    {
        using var writer = new PropertyWriter(stackalloc byte[16]);
        AddTo(ref System.Runtime.CompilerServices.Unsafe.AsRef(in writer), id, value);
        _bytes.AddRange(writer.Block.Bytes);
        return this;
    }

    public TestProperties Add(PropertyId id, string value)
    {
        _bytes.Add((byte)id);
        AddText(value);
        return this;
    }

    /// <summary>Binary data.</summary>
    public TestProperties Add(PropertyId id, byte[] value)
    {
        _bytes.AddRange([(byte)id, (byte)(value.Length >> 8), (byte)value.Length, .. value]);
        return this;
    }

    public TestProperties AddUser(string name, string value)
    {
        _bytes.Add((byte)PropertyId.UserProperty);
        AddText(name);
        AddText(value);
        return this;
    }

    private static void AddTo(ref PropertyWriter writer, PropertyId id, uint value) => writer.Add(id, value);

    private void AddText(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        _bytes.Add((byte)(utf8.Length >> 8));
        _bytes.Add((byte)utf8.Length);
        _bytes.AddRange(utf8);
    }
}
