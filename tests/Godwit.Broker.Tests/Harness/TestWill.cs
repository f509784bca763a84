using Godwit.Protocol;

namespace Godwit.Broker.Tests.Harness;

/// <summary>A will for <see cref="BrokerHarness.Connect"/>.</summary>
public sealed record TestWill(string Topic, string Payload, QoS QoS = QoS.AtMostOnce, bool Retain = false, TestProperties? Properties = null);
