namespace Godwit.Server.Transports;

/// <summary>An address cannot be listened on.</summary>
internal sealed class ListenException(string message, bool isAddressMissing, bool isAddressInUse) : Exception(message)
{
    /// <summary>This machine does not have the address, or not its family.</summary>
    internal bool IsAddressMissing { get; } = isAddressMissing;

    /// <summary>Another program has the port.</summary>
    internal bool IsAddressInUse { get; } = isAddressInUse;
}
