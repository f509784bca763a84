using Godwit.Broker.Shards;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Protection;

/// <summary>Who may come in at all: rates of CONNECT, bans. Asked by any shard, before any session is touched and after authentication.</summary>
public interface IAdmission
{
    /// <summary>May this client connect? Answers at once.</summary>
    /// <param name="connection">Of the client; identifier, identity and address are known.</param>
    /// <param name="nowMs">The shard's monotonic milliseconds.</param>
    /// <param name="reason">With a refusal, or with one that is only reported: why.</param>
    /// <returns>Success, or the code of the refusal.</returns>
    ConnackReasonCode Admit(Connection connection, long nowMs, out ProtectionReason? reason);
}
