using Godwit.Kills.Brokers;
using Godwit.Kills.Judging;
using Godwit.Kills.Wire;

namespace Godwit.Kills.Actors;

/// <summary>What all clients of a run have in common.</summary>
/// <param name="Broker">The one that is killed.</param>
/// <param name="Packets">Of the protocol version that is spoken.</param>
/// <param name="Findings">Where to tell.</param>
internal sealed record Scene(IKillable Broker, Packets Packets, Findings Findings);
