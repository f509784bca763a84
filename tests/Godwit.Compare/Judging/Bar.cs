using Godwit.Compare.Brokers;

namespace Godwit.Compare.Judging;

/// <summary>One ratio that is asked for, and what came out.</summary>
/// <param name="Broker">One of the two of Godwit.</param>
/// <param name="Against">Whose figure it is divided by.</param>
/// <param name="Ratio">Null: a figure is missing.</param>
/// <param name="RatioMax">What it may be at most.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Why">Words when it is not the ratio alone that decided; else empty.</param>
internal sealed record Bar(BrokerKind Broker, BrokerKind Against, double? Ratio, double RatioMax, Verdict Verdict, string Why = "");
