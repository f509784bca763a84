namespace Godwit.Interop.Clients;

/// <summary>A client program that is connected, has its SUBACK, and shows the messages that arrive.</summary>
public interface IReceiver : IAsyncDisposable
{
    /// <summary>The next message, in the order of arrival; fails with all the program printed when none comes.</summary>
    Task<ReceivedMessage> NextAsync();

    /// <summary>Waits until the broker has closed the connection.</summary>
    Task ClosedByBrokerAsync();

    /// <summary>Sends DISCONNECT and ends.</summary>
    Task LeaveAsync();

    /// <summary>Ends the process by SIGKILL: no DISCONNECT is sent.</summary>
    Task KillAsync();
}
