using Godwit.Protocol.ReasonCodes;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>Rights that change: nobody gets what they may not have, and nothing comes of what nobody may publish.</summary>
internal sealed partial class Oracle
{
    /// <summary>What the broker asks.</summary>
    public RightsModel Rights { get; } = new();

    /// <summary>A right is taken away or given back, between two turns.</summary>
    public void ChangeRight(string clientId, bool isPublish, string topic)
    {
        Rights.Tick = ++_tick;
        var isGone = Rights.Change(clientId, isPublish, topic);
        _tick++;
        if (_trace.IsText)
        {
            _trace.Write(_nowMs, $"{clientId} may {(isGone ? "no longer" : "again")} {(isPublish ? "publish" : "receive")} {topic}");
        }
    }

    /// <summary>
    /// The broker asks when it writes, and what it has written may wait for the transport. So a packet is wrong when the right was missing all the time since
    /// its connection began.
    /// </summary>
    private void JudgeRights(Edge edge, ModelSession session, WirePacket packet, Message message)
    {
        if (Rights.IsDenied(session.ClientId, isPublish: false, message.Topic, edge.Since, _tick))
        {
            throw Violation("I5", $"{edge} is sent {packet} and may not receive it");
        }

        if (packet.Retain && Rights.IsDenied(message.PublisherId, isPublish: true, message.Topic, edge.Since, _tick))
        {
            throw Violation("I5", $"{edge} is sent the retained {packet}, which {message.PublisherId} may no longer publish");
        }

        if (message.Publications.TrueForAll(publication => IsDenied(message, publication)))
        {
            throw Violation("I5", $"{edge} is sent {packet}, which {message.PublisherId} may not publish");
        }
    }

    private bool IsDenied(Message message, Publication publication) =>
        Rights.IsDenied(message.PublisherId, isPublish: true, message.Topic, publication.From, publication.IsOpen ? _tick : publication.To);

    /// <summary>PUBACK or PUBREC with 0x87 is right unless there was no denial at all; what was refused has no effect.</summary>
    private bool IsRefusedForRights(ModelSession session, Publication publication, WirePacket packet)
    {
        if (!publication.Message.IsGuarded || packet.ReasonCode != (byte)PubackReasonCode.NotAuthorized)
        {
            return false;
        }

        Hit(Situation.PublishDenied);
        Refuse(session, publication, packet);
        return true;
    }
}
