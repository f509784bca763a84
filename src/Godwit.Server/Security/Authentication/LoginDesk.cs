using System.Runtime.CompilerServices;
using Godwit.Broker;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Server.Security.Authentication;

/// <summary>
/// What goes on with a login after CONNECT: it may end at a time, its last data belongs into CONNACK, and the client may authenticate itself
/// anew (5.0 §4.12.1). A login is found by its identity, of which there is one object each. Any thread.
/// </summary>
internal sealed class LoginDesk : IDisposable
{
    private readonly BrokerCore _core;
    private readonly LoginEnds _ends;
    private readonly ConditionalWeakTable<Identity, Login> _logins = [];

    /// <summary>Makes the desk of a server.</summary>
    internal LoginDesk(BrokerCore core, TimeProvider time)
    {
        _core = core;
        _ends = new LoginEnds(time, End);
    }

    /// <summary>A client has come in.</summary>
    /// <param name="identity">Made for this login.</param>
    /// <param name="entrance">Who was asked.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="result">The answer.</param>
    internal void Enter(Identity identity, IAuthentication entrance, AuthenticationRequest request, in AuthenticationResult result)
    {
        if (result.ExpiresAt is { } at)
        {
            _ends.Add(identity, at);
        }

        if (request.Method is not null)
        {
            // Neither the password nor the data of CONNECT is kept.
            var template = request with { Password = null, Data = default, Exchange = null, Principal = identity.UserName };
            _logins.Add(identity, new Login(entrance, template) { LastData = result.Data });
        }
    }

    /// <summary>Authentication Data for CONNACK; null: none.</summary>
    internal byte[]? LastDataOf(Identity? identity) =>
        identity is not null && _logins.TryGetValue(identity, out var login) && !login.LastData.IsEmpty ? login.LastData.ToArray() : null;

    /// <summary>A connection has ended.</summary>
    internal void Leave(Identity? identity) => _ends.Remove(identity);

    /// <inheritdoc cref="IShardWorld.Reauthenticate"/>
    internal void Reauthenticate(Connection connection, int shardIndex, ReadOnlySpan<byte> data, bool isFirst)
    {
        if (connection.Identity is not { } identity || !_logins.TryGetValue(identity, out var login))
        {
            Fail(connection, shardIndex, "there is nobody who could judge it");
        }
        else if (!isFirst)
        {
            login.Exchange?.Answer(data.ToArray());
        }
        else
        {
            login.Exchange = new ShardExchange(_core, connection, shardIndex);
            _ = JudgeAsync(connection, shardIndex, identity, login, data.ToArray());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ends.Dispose();

    private async Task JudgeAsync(Connection connection, int shardIndex, Identity before, Login login, byte[] data)
    {
        AuthenticationResult result;
        try
        {
            result = await login.Judge.AuthenticateAsync(login.Template with { Data = data, Exchange = login.Exchange }, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whoever cannot answer keeps nobody in.
        catch (Exception)
#pragma warning restore CA1031
        {
            result = new AuthenticationResult(ConnackReasonCode.ServerUnavailable, Identity: null, "fault");
        }

        if (!result.IsAccepted || result.Identity is not { } found)
        {
            Fail(connection, shardIndex, "the re-authentication has failed");
            return;
        }

        var identity = new Identity { UserName = found.UserName, Groups = found.Groups, Rights = found.Rights, Address = before.Address, Listener = before.Listener, Answers = before.Answers };
        Leave(before);
        Enter(identity, login.Judge, login.Template, result);
        _core.Post(shardIndex, new HostCall(shard => shard.CompleteAuthentication(connection, identity, result.Data.Span)));
    }

    private void Fail(Connection connection, int shardIndex, string words) =>
        _core.Post(shardIndex, new HostCall(shard => shard.FailAuthentication(connection, DisconnectReasonCode.NotAuthorized, words)));

    private void End(IReadOnlySet<Identity> ended) =>
        _core.Disconnect(connection => connection.Identity is { } identity && ended.Contains(identity), DisconnectReasonCode.NotAuthorized, "the login has ended");

    private sealed class Login(IAuthentication judge, AuthenticationRequest template)
    {
        public IAuthentication Judge => judge;

        public AuthenticationRequest Template => template;

        public ReadOnlyMemory<byte> LastData { get; init; }

        public ShardExchange? Exchange { get; set; }
    }

    /// <summary>AUTH packets of a connection that a shard has.</summary>
    private sealed class ShardExchange(BrokerCore core, Connection connection, int shardIndex) : IAuthenticationExchange
    {
        private TaskCompletionSource<ReadOnlyMemory<byte>?>? _answer;

        public async ValueTask<ReadOnlyMemory<byte>?> ContinueAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
        {
            var answer = new TaskCompletionSource<ReadOnlyMemory<byte>?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _answer, answer);
            var copy = data.ToArray();
            core.Post(shardIndex, new HostCall(shard => shard.ContinueAuthentication(connection, copy)));
            return await answer.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }

        public void Answer(byte[] data) => Volatile.Read(ref _answer)?.TrySetResult(data);
    }
}
