using Godwit.Protocol.Properties;

namespace Godwit.Broker.Handlers;

/// <summary>Which properties of a message travel on unaltered (5.0 §3.3.2.3): all but those that belong to one hop.</summary>
internal static class PassThrough
{
    /// <summary>The property stays with the hop: it is counted down, resolved or used up here.</summary>
    public static bool StaysBehind(PropertyId id) =>
        id is PropertyId.MessageExpiryInterval or PropertyId.TopicAlias or PropertyId.WillDelayInterval;

    /// <summary>Copies what travels on to <paramref name="destination"/>, which is at least as large as the block.</summary>
    /// <returns>Bytes written.</returns>
    public static int Copy(PropertyBlock properties, Span<byte> destination)
    {
        var length = 0;
        foreach (var property in properties)
        {
            if (!StaysBehind(property.Id))
            {
                property.Encoded.CopyTo(destination[length..]);
                length += property.Encoded.Length;
            }
        }

        return length;
    }

    /// <summary>Copies what travels on to an array of its own.</summary>
    public static byte[] Copy(PropertyBlock properties)
    {
        var copy = new byte[properties.Bytes.Length];
        return copy[..Copy(properties, copy)];
    }
}
