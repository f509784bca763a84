namespace Godwit.Protocol.Properties;

/// <summary>What the specification says of one property.</summary>
/// <param name="Type">Data type; <see cref="PropertyType.None"/> where no such property exists.</param>
/// <param name="Owners">The packets it may stand in.</param>
/// <param name="Repeatable">The packets in which it may stand more than once.</param>
/// <param name="Minimum">Smallest legal value of a number.</param>
/// <param name="Maximum">Largest legal value of a number.</param>
/// <param name="RangeError">What a value outside the range is called.</param>
public readonly record struct PropertyRule(
    PropertyType Type,
    PropertyOwner Owners,
    PropertyOwner Repeatable,
    uint Minimum,
    uint Maximum,
    PacketError RangeError);
