using Godwit.Testing.Brokers;

namespace Godwit.Interop.Clients;

/// <summary>A client library driven by a script, for all that the protocol offers.</summary>
public interface ILibraryProgram : IClientProgram
{
    /// <summary>Connects and, when there are filters, subscribes.</summary>
    Task<IConnection> ConnectAsync(BrokerAddress broker, SubscribeRequest request);
}
