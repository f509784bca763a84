using System.Net;
using Godwit.Broker.Shards;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Protection;

/// <summary>Who may come in at all: rates of CONNECT, bans. Asked at the door by listeners, and by shards before any session is touched and after authentication.</summary>
public interface IAdmission
{
    /// <summary>There is something to ask at the door.</summary>
    bool WatchesDoor { get; }

    /// <summary>May this address connect? Asked before a connection has said anything. Any thread; answers at once and counts what it refuses.</summary>
    /// <param name="address">Of the client itself; null: a Unix socket.</param>
    /// <param name="isCostly">A handshake of TLS comes next: the connection counts for the rates now, and its CONNECT does not count again.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <returns>False: it is closed without an answer.</returns>
    bool MayOpen(IPAddress? address, bool isCostly, long nowMs);

    /// <summary>May this client connect? Answers at once.</summary>
    /// <param name="connection">Of the client; identifier, identity and address are known.</param>
    /// <param name="nowMs">The shard's monotonic milliseconds.</param>
    /// <param name="reason">With a refusal, or with one that is only reported: why.</param>
    /// <returns>Success, or the code of the refusal.</returns>
    ConnackReasonCode Admit(Connection connection, long nowMs, out ProtectionReason? reason);
}
