namespace Godwit.Testing.Brokers;

/// <summary>A broker, and the way that clients take to it.</summary>
public interface IBrokerUnderTest
{
    /// <summary>Where clients connect to.</summary>
    BrokerAddress Address { get; }
}
