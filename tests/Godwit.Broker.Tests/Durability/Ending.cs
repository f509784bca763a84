namespace Godwit.Broker.Tests.Durability;

/// <summary>How a session ends.</summary>
public enum Ending
{
    Expiry,
    CleanStart,
    DurableCleanStart,
    Disconnect,
}
