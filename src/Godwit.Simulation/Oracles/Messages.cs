using System.Buffers.Binary;

namespace Godwit.Simulation.Oracles;

/// <summary>All messages of a run, by number.</summary>
internal sealed class Messages
{
    private readonly List<Message> _all = [null!];

    /// <summary>How many there are.</summary>
    public int Count => _all.Count - 1;

    /// <summary>The words of the trace for a payload.</summary>
    public static string NameOf(ReadOnlySpan<byte> payload) => payload.Length < 4 ? "(empty)" : $"m{BinaryPrimitives.ReadInt32BigEndian(payload)}";

    /// <summary>Makes a message with a payload of its own.</summary>
    /// <param name="template">Number and payload are given here; those of the template do not count.</param>
    /// <param name="payloadSize">At least 4.</param>
    public Message Add(MessageTemplate template, int payloadSize)
    {
        var number = _all.Count;
        var payload = new byte[payloadSize];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        for (var i = 4; i < payload.Length; i++)
        {
            payload[i] = (byte)((number * 31) + i);
        }

        var message = template.Make(number, payload);
        _all.Add(message);
        return message;
    }

    /// <summary>The message with this number.</summary>
    public Message Of(int number) => _all[number];

    /// <summary>The message a payload belongs to; null when nobody has made one like it.</summary>
    public Message? Find(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 4)
        {
            return null;
        }

        var number = BinaryPrimitives.ReadInt32BigEndian(payload);
        var message = number > 0 && number < _all.Count ? _all[number] : null;
        return message is not null && payload.SequenceEqual(message.Payload) ? message : null;
    }
}
