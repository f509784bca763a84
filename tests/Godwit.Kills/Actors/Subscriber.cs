using System.Text;
using Godwit.Kills.Judging;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Kills.Actors;

/// <summary>
/// A durable subscriber that acknowledges as the specification says (§4.3): with QoS 2 a message is for the application when its
/// packet id is new, and the id is new again after PUBREL.
/// </summary>
/// <param name="scene">The run.</param>
/// <param name="clientId">Client Identifier.</param>
/// <param name="random">Chooses moments.</param>
/// <param name="filter">The only subscription.</param>
/// <param name="qos">Of the subscription.</param>
/// <param name="inbox">The application.</param>
internal sealed class Subscriber(Scene scene, string clientId, Random random, string filter, QoS qos, Inbox inbox) : Actor(scene, clientId, random)
{
    private const ushort SubscribeId = 1;

    /// <summary>Packet ids that are not released, with the message that each stands for.</summary>
    private readonly Dictionary<ushort, (string Topic, int Number)> _held = [];
    private bool _isSubscribed;

    /// <summary>Acknowledgements wait up to so many milliseconds, so that a kill meets messages in flight.</summary>
    public int HesitationMilliseconds { get; init; }

    /// <inheritdoc/>
    protected override async Task ServeAsync(Link link, bool isNew, CancellationToken ct)
    {
        if (isNew)
        {
            _held.Clear();
            _isSubscribed = false;
        }

        if (!_isSubscribed)
        {
            link.Write(Scene.Packets.Subscribe(SubscribeId, qos, filter));
        }

        while (true)
        {
            Handle(link, await link.ReadAsync(ct));
            if (HesitationMilliseconds > 0 && Random.Next(20) == 0)
            {
                await Task.Delay(Random.Next(HesitationMilliseconds), ct);
            }
        }
    }

    private void Handle(Link link, ReceivedPacket packet)
    {
        switch (packet.Type)
        {
            case PacketType.Publish:
                Take(link, packet);
                break;

            case PacketType.Pubrel:
                _held.Remove(packet.PacketId);
                link.Write(Wire.Packets.Acknowledge(PacketType.Pubcomp, packet.PacketId));
                break;

            case PacketType.Suback:
                Assert.Equal((byte)qos, packet.Body[^1]);
                _isSubscribed = true;
                SetReady();
                break;

            case PacketType.Disconnect:
                throw new ConnectionLostException($"DISCONNECT {packet.ConnectReasonCode:x2} came");

            default:
                Misbehaved($"{packet.Type} came to a subscriber");
                break;
        }
    }

    private void Take(Link link, ReceivedPacket packet)
    {
        var error = PublishPacket.TryRead(packet.Header.Flags, packet.Body, Scene.Packets.Version, out var publish);
        Assert.Equal(PacketError.None, error);
        var topic = Encoding.UTF8.GetString(publish.Topic);
        switch (publish.QoS)
        {
            case QoS.ExactlyOnce when _held.TryGetValue(publish.PacketId, out var held):
                if (held.Topic != topic || !Messages.Payload.TryRead(publish.Payload, topic, out var number) || number != held.Number)
                {
                    Findings.Add(Fault.PacketIdReused, $"{ClientId}: id {publish.PacketId} of {held.Topic} number {held.Number} came with another message");
                }

                break;

            case QoS.ExactlyOnce:
                _held[publish.PacketId] = (topic, inbox.Take(topic, publish.Payload));
                break;

            default:
                inbox.Take(topic, publish.Payload);
                break;
        }

        if (publish.QoS != QoS.AtMostOnce)
        {
            link.Write(Wire.Packets.Acknowledge(publish.QoS == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, publish.PacketId));
        }
    }
}
