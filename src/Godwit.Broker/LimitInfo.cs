namespace Godwit.Broker;

/// <summary>One row of <see cref="BrokerLimits.All"/>.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Unit">Unit in words.</param>
/// <param name="Default">Default value.</param>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="Behaviour">What it limits and what happens beyond it.</param>
/// <param name="Get">Reads it.</param>
/// <param name="Set">Writes it; the range was checked.</param>
public sealed record LimitInfo(
    string Name,
    string Unit,
    long Default,
    long Minimum,
    long Maximum,
    string Behaviour,
    Func<BrokerLimits, long> Get,
    Action<BrokerLimits, long> Set);
