using Godwit.Simulation.Networks;

namespace Godwit.Simulation.Oracles;

/// <summary>A store without space: what needs it is refused, and what is refused has no effect.</summary>
internal sealed partial class Oracle
{
    private bool _isFull;

    /// <summary>There was a time without space, so something may have been refused; an answer may come late.</summary>
    public bool WasFull { get; private set; }

    /// <summary>The store has no space, or has it again.</summary>
    public void SetFull(bool isFull)
    {
        _isFull = isFull;
        WasFull |= isFull;
        foreach (var publication in _open)
        {
            publication.MayNotBeRetained |= isFull;
        }
    }

    /// <summary>CONNECT was refused: there was no session, and there is none.</summary>
    public void Refused(Edge edge)
    {
        edge.IsRefused = true;
        if (edge.Overdue is { } overdue)
        {
            edge.Overdue = null;
            EndSession(overdue);
        }
        else if (edge.Session is { } session)
        {
            session.HasEnded = true;
            session.Connection = null;
            _byClientId.Remove(session.ClientId);
            _sessions.Remove(session);
            edge.Session = null;
        }
    }

    /// <summary>A SUBSCRIBE was refused and had no effect.</summary>
    private void Withdraw(Interest interest, Interest.Request request)
    {
        interest.Requests.Remove(request);
        if (interest.Requests.Count == 0)
        {
            interest.Session.Interests.Remove(interest);
            _shared.Remove(interest);
        }
    }

    /// <summary>A message was refused.</summary>
    private void Refuse(ModelSession session, Publication publication, WirePacket packet)
    {
        publication.Settle(_nowMs);
        session.Inbound.Remove(packet.PacketId);
    }
}
