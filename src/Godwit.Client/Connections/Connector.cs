using System.Security.Authentication;
using Godwit.Client.Sessions;

namespace Godwit.Client.Connections;

/// <summary>Makes connections: opens a stream, sends CONNECT and waits for CONNACK.</summary>
internal sealed class Connector(MqttClientOptions options, ClientSession session)
{
    /// <summary>
    /// Makes a connection. When no CONNACK comes within the time limit the socket is closed and a new one tried; any other failure is
    /// final.
    /// </summary>
    /// <param name="ct">Ends the attempt.</param>
    /// <exception cref="MqttConnectException">There is no connection.</exception>
    public async Task<ClientConnection> ConnectAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ConnectOnceAsync(ct).ConfigureAwait(false);
            }
            catch (MqttConnectException exception) when (exception.Failure == MqttConnectFailure.NoConnack && attempt < options.ConnectAttemptsMax)
            {
                ct.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Tries until there is a connection, waiting longer and longer between the attempts.</summary>
    /// <param name="report">Gets the reason of each failure.</param>
    /// <param name="ct">Ends the attempts.</param>
    /// <exception cref="MqttConnectException">The server refuses in a way that another attempt would not change.</exception>
    public async Task<ClientConnection> ReconnectAsync(Action<string> report, CancellationToken ct)
    {
        var limit = options.ReconnectDelayMin;
        while (true)
        {
            await Task.Delay(limit * Random.Shared.NextDouble(), options.TimeProvider, ct).ConfigureAwait(false);
            limit = limit * 2 < options.ReconnectDelayMax ? limit * 2 : options.ReconnectDelayMax;
            try
            {
                return await ConnectOnceAsync(ct).ConfigureAwait(false);
            }
            catch (MqttConnectException exception) when (MayPass.IsTemporary(exception))
            {
                report(exception.Message);
            }
        }
    }

    private async Task<ClientConnection> ConnectOnceAsync(CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        ClientConnection? connection = null;
        try
        {
            var stream = await OpenStreamAsync(either.Token).ConfigureAwait(false);
            connection = new ClientConnection(session, stream, options);
            connection.Start();
            await connection.Connack.WaitAsync(either.Token).ConfigureAwait(false);
            return connection;
        }
        catch (OperationCanceledException exception)
        {
            connection?.Abort(new ConnectionEnd(ConnectionEndKind.Local, "CONNACK is not waited for any longer"));
            ct.ThrowIfCancellationRequested();
            var seconds = options.ConnectTimeout.TotalSeconds;
            throw new MqttConnectException(MqttConnectFailure.NoConnack, $"No CONNACK within {seconds:0.###} s.", exception);
        }
    }

    private async Task<Stream> OpenStreamAsync(CancellationToken ct)
    {
        try
        {
            return await options.StreamFactory(options, ct).ConfigureAwait(false);
        }
        catch (AuthenticationException exception)
        {
            throw new MqttConnectException(
                MqttConnectFailure.Tls, $"No TLS with {options.Host} port {options.Port}: {exception.InnerException?.Message ?? exception.Message}", exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new MqttConnectException(
                MqttConnectFailure.Network, $"No connection to {options.Host} port {options.Port}: {exception.Message}", exception);
        }
    }
}
